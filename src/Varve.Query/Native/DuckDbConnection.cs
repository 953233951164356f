namespace Varve.Query.Native;

/// <summary>A connection. One thread at a time; <see cref="Interrupt"/> may come from any.</summary>
internal sealed unsafe class DuckDbConnection(ConnectionHandle handle) : IDisposable
{
    public ConnectionHandle Handle => handle;

    /// <summary>The number that a table function's bind sees.</summary>
    public ulong Id { get; } = ReadId(handle);

    /// <summary>Runs statements whose rows do not matter.</summary>
    public void Execute(string sql)
    {
        NativeResult result;
        DuckDbState state = DuckDbApi.duckdb_query(handle, sql, &result);
        try
        {
            if (state != DuckDbState.Success)
                throw DuckDbErrors.From(DuckDbApi.duckdb_result_error_type(&result), NativeText.Read(DuckDbApi.duckdb_result_error(&result)));
        }
        finally
        {
            DuckDbApi.duckdb_destroy_result(&result);
        }
    }

    /// <summary>Prepares one statement. Parsing tells how many there are before anything is bound.</summary>
    /// <exception cref="QueryException">A syntax or binder error, no statement, or more than one.</exception>
    public DuckDbStatement Prepare(string sql)
    {
        ulong count = DuckDbApi.duckdb_extract_statements(handle, sql, out ExtractedStatementsHandle statements);
        using (statements)
        {
            if (count == 1)
                return DuckDbStatement.From(this, statements);
            byte* error = DuckDbApi.duckdb_extract_statements_error(statements);
            if (error != null)
                throw DuckDbErrors.FromText(NativeText.Read(error));
            throw count == 0
                ? new QueryException(QueryErrorCode.Syntax, "the text holds no statement")
                : new QueryException(
                    QueryErrorCode.Refused,
                    $"the text holds {count} statements (a PIVOT without an IN list counts as more than one); send one at a time");
        }
    }

    /// <summary>Whether the text is SQL; nothing is bound.</summary>
    public bool Parses(string sql)
    {
        ulong count = DuckDbApi.duckdb_extract_statements(handle, sql, out ExtractedStatementsHandle statements);
        statements.Dispose();
        return count > 0;
    }

    /// <summary>Runs a statement of one VARCHAR column without nulls.</summary>
    public IReadOnlyList<string> ReadTexts(string sql)
    {
        using DuckDbStatement statement = Prepare(sql);
        using DuckDbResult result = statement.Execute();
        return result.ReadTexts();
    }

    /// <summary>Makes the statement that runs on this connection end with an error soon; without effect while none runs.</summary>
    public void Interrupt() => DuckDbApi.duckdb_interrupt(handle);

    public void Dispose() => handle.Dispose();

    private static ulong ReadId(ConnectionHandle handle)
    {
        DuckDbApi.duckdb_connection_get_client_context(handle, out nint context);
        ulong id = DuckDbApi.duckdb_client_context_get_connection_id(context);
        DuckDbApi.duckdb_destroy_client_context(ref context);
        return id;
    }
}
