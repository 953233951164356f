using System.Runtime.InteropServices;
using System.Text;

namespace Varve.Query.Native;

/// <summary>
/// Rows of a running statement, chunk by chunk; under the connection's threading rule. A second statement on the connection ends it.
/// </summary>
internal sealed unsafe class DuckDbResult : IDisposable
{
    /// <summary>In unmanaged memory, so that its address stays.</summary>
    private NativeResult* _result = (NativeResult*)NativeMemory.AllocZeroed((nuint)sizeof(NativeResult));

    private DuckDbResult()
    {
    }

    ~DuckDbResult() => Release();

    public int ColumnCount => (int)DuckDbApi.duckdb_column_count(_result);

    public static DuckDbResult From(PendingResultHandle pending)
    {
        var made = new DuckDbResult();
        if (DuckDbApi.duckdb_execute_pending(pending, made._result) == DuckDbState.Success)
            return made;
        QueryException error = made.Error() ?? new QueryException(QueryErrorCode.Internal, "DuckDB could not run the statement and did not say why");
        made.Dispose();
        throw error;
    }

    public string ColumnName(int index) => NativeText.Read(DuckDbApi.duckdb_column_name(_result, (ulong)index));

    public LogicalTypeHandle ColumnType(int index) => DuckDbApi.duckdb_column_logical_type(_result, (ulong)index);

    /// <summary>
    /// The next rows, which the caller disposes; null at the end. The end and an error look the same to DuckDB's caller: both are asked for.
    /// </summary>
    public DataChunkHandle? Fetch()
    {
        DataChunkHandle chunk = DuckDbApi.duckdb_fetch_chunk(*_result);
        if (!chunk.IsInvalid)
            return chunk;
        chunk.Dispose();
        return Error() is { } error ? throw error : null;
    }

    /// <summary>All values of the first column, which is VARCHAR and never null. For the engine's own small questions.</summary>
    public IReadOnlyList<string> ReadTexts()
    {
        var texts = new List<string>();
        while (Fetch() is { } chunk)
        {
            using (chunk)
            {
                var strings = (NativeString*)DuckDbApi.duckdb_vector_get_data(DuckDbApi.duckdb_data_chunk_get_vector(chunk, 0));
                int rows = (int)DuckDbApi.duckdb_data_chunk_get_size(chunk);
                for (int i = 0; i < rows; i++)
                    texts.Add(Encoding.UTF8.GetString(NativeString.Text(strings + i)));
            }
        }

        return texts;
    }

    public void Dispose()
    {
        Release();
        GC.SuppressFinalize(this);
    }

    private QueryException? Error()
    {
        string message = NativeText.Read(DuckDbApi.duckdb_result_error(_result));
        return message.Length == 0 ? null : DuckDbErrors.From(DuckDbApi.duckdb_result_error_type(_result), message);
    }

    private void Release()
    {
        if (_result == null)
            return;
        DuckDbApi.duckdb_destroy_result(_result);
        NativeMemory.Free(_result);
        _result = null;
    }
}
