namespace Varve.Query.Native;

/// <summary>A database instance in memory. Thread-safe.</summary>
internal sealed unsafe class DuckDbDatabase : IDisposable
{
    private readonly DatabaseHandle _handle;

    public DuckDbDatabase(IEnumerable<(string Name, string Value)> settings)
    {
        DuckDbLibrary.Check();
        DuckDbApi.duckdb_create_config(out ConfigHandle config);
        using (config)
        {
            foreach ((string name, string value) in settings)
            {
                if (DuckDbApi.duckdb_set_config(config, name, value) != DuckDbState.Success)
                    throw new QueryException(QueryErrorCode.Internal, $"DuckDB does not take the setting {name}={value}");
            }

            _handle = WorkerStacks.WithDeepStacks(() => Open(config));
        }
    }

    public DuckDbConnection Connect()
    {
        if (DuckDbApi.duckdb_connect(_handle, out ConnectionHandle connection) != DuckDbState.Success)
        {
            connection.Dispose();
            throw new QueryException(QueryErrorCode.Internal, "DuckDB refused a connection");
        }

        return new DuckDbConnection(connection);
    }

    /// <summary>The instance lives on until its last connection is disposed.</summary>
    public void Dispose() => _handle.Dispose();

    private static DatabaseHandle Open(ConfigHandle config)
    {
        if (DuckDbApi.duckdb_open_ext(null, out DatabaseHandle database, config, out byte* error) == DuckDbState.Success)
            return database;
        database.Dispose();
        throw DuckDbErrors.FromText(NativeText.Take(error));
    }
}
