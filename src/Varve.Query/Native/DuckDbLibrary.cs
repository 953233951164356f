namespace Varve.Query.Native;

/// <summary>The native library must be the one that the layouts in this folder were written for.</summary>
internal static unsafe class DuckDbLibrary
{
    public const string Version = "v1.5.6";

    /// <summary>Rows of a vector.</summary>
    public const int VectorRows = 2048;

    /// <exception cref="QueryException">The library is missing or another one was found.</exception>
    public static void Check()
    {
        string version;
        ulong rows;
        try
        {
            version = NativeText.Read(DuckDbApi.duckdb_library_version());
            rows = DuckDbApi.duckdb_vector_size();
        }
        catch (DllNotFoundException e)
        {
            throw new QueryException(QueryErrorCode.Internal, $"libduckdb.so could not be loaded from {AppContext.BaseDirectory}: {e.Message}", e);
        }

        if (version != Version || rows != VectorRows)
        {
            throw new QueryException(
                QueryErrorCode.Internal,
                $"libduckdb.so is {version} with vectors of {rows} rows; {Version} with {VectorRows} is needed");
        }
    }
}
