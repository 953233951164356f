using System.Text;

namespace Varve.Query.Native;

/// <summary>A prepared statement of a connection, and under the same threading rule.</summary>
internal sealed unsafe class DuckDbStatement : IDisposable
{
    private readonly PreparedStatementHandle _handle;

    private DuckDbStatement(PreparedStatementHandle handle) => _handle = handle;

    public DuckDbStatementType Type => DuckDbApi.duckdb_prepared_statement_type(_handle);

    public int ParameterCount => (int)DuckDbApi.duckdb_nparams(_handle);

    public int ColumnCount => (int)DuckDbApi.duckdb_prepared_statement_column_count(_handle);

    /// <summary>Binds and plans the one statement that was extracted.</summary>
    public static DuckDbStatement From(DuckDbConnection connection, ExtractedStatementsHandle statements)
    {
        DuckDbState state = DuckDbApi.duckdb_prepare_extracted_statement(connection.Handle, statements, 0, out PreparedStatementHandle handle);
        if (state == DuckDbState.Success)
            return new DuckDbStatement(handle);
        using (handle)
        {
            string message = handle.IsInvalid ? "" : NativeText.Read(DuckDbApi.duckdb_prepare_error(handle));
            throw DuckDbErrors.FromText(message.Length > 0 ? message : "DuckDB could not prepare the statement and did not say why");
        }
    }

    /// <param name="index">Counts from 0. Positional parameters are named by their number.</param>
    public string ParameterName(int index) => NativeText.Take(DuckDbApi.duckdb_parameter_name(_handle, (ulong)index + 1));

    /// <summary>An invalid handle where the type cannot be derived.</summary>
    public LogicalTypeHandle ParameterType(int index) => DuckDbApi.duckdb_param_logical_type(_handle, (ulong)index + 1);

    public string ColumnName(int index) => NativeText.Take(DuckDbApi.duckdb_prepared_statement_column_name(_handle, (ulong)index));

    public LogicalTypeHandle ColumnType(int index) => DuckDbApi.duckdb_prepared_statement_column_logical_type(_handle, (ulong)index);

    public void Bind(int index, ValueHandle value)
    {
        if (DuckDbApi.duckdb_bind_value(_handle, (ulong)index + 1, value) != DuckDbState.Success)
            throw new QueryException(QueryErrorCode.InvalidParameter, NativeText.Read(DuckDbApi.duckdb_prepare_error(_handle)));
    }

    public void BindText(int index, string text)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        fixed (byte* bytes = utf8)
        {
            using ValueHandle value = DuckDbApi.duckdb_create_varchar_length(bytes, (ulong)utf8.Length);
            Bind(index, value);
        }
    }

    /// <summary>Starts the statement; its rows are produced while they are fetched.</summary>
    public DuckDbResult Execute()
    {
        DuckDbState state = DuckDbApi.duckdb_pending_prepared_streaming(_handle, out PendingResultHandle pending);
        using (pending)
        {
            if (state != DuckDbState.Success)
                throw DuckDbErrors.FromText(NativeText.Read(DuckDbApi.duckdb_pending_error(pending)));
            return DuckDbResult.From(pending);
        }
    }

    public void Dispose() => _handle.Dispose();
}
