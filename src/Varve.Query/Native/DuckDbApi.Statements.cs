using System.Runtime.InteropServices;

namespace Varve.Query.Native;

internal static unsafe partial class DuckDbApi
{
    /// <summary>Runs one or more statements; the result is destroyed by the caller also after an error.</summary>
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial DuckDbState duckdb_query(ConnectionHandle connection, string sql, NativeResult* result);

    /// <summary>Parses only. Returns the number of statements; 0 may mean an error.</summary>
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial ulong duckdb_extract_statements(ConnectionHandle connection, string sql, out ExtractedStatementsHandle statements);

    [LibraryImport(Library)]
    public static partial byte* duckdb_extract_statements_error(ExtractedStatementsHandle statements);

    [LibraryImport(Library)]
    public static partial void duckdb_destroy_extracted(ref nint statements);

    [LibraryImport(Library)]
    public static partial DuckDbState duckdb_prepare_extracted_statement(
        ConnectionHandle connection, ExtractedStatementsHandle statements, ulong index, out PreparedStatementHandle statement);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial DuckDbState duckdb_prepare(ConnectionHandle connection, string sql, out PreparedStatementHandle statement);

    [LibraryImport(Library)]
    public static partial void duckdb_destroy_prepare(ref nint statement);

    [LibraryImport(Library)]
    public static partial byte* duckdb_prepare_error(PreparedStatementHandle statement);

    [LibraryImport(Library)]
    public static partial DuckDbStatementType duckdb_prepared_statement_type(PreparedStatementHandle statement);

    [LibraryImport(Library)]
    public static partial ulong duckdb_nparams(PreparedStatementHandle statement);

    /// <summary>Parameters count from 1. Null where the number is not used; else freed with <see cref="duckdb_free"/>.</summary>
    [LibraryImport(Library)]
    public static partial byte* duckdb_parameter_name(PreparedStatementHandle statement, ulong index);

    /// <summary>Null where the type cannot be derived.</summary>
    [LibraryImport(Library)]
    public static partial LogicalTypeHandle duckdb_param_logical_type(PreparedStatementHandle statement, ulong index);

    [LibraryImport(Library)]
    public static partial DuckDbState duckdb_bind_value(PreparedStatementHandle statement, ulong index, ValueHandle value);

    [LibraryImport(Library)]
    public static partial ulong duckdb_prepared_statement_column_count(PreparedStatementHandle statement);

    [LibraryImport(Library)]
    public static partial byte* duckdb_prepared_statement_column_name(PreparedStatementHandle statement, ulong column);

    [LibraryImport(Library)]
    public static partial LogicalTypeHandle duckdb_prepared_statement_column_logical_type(PreparedStatementHandle statement, ulong column);

    /// <summary>Pending results hand rows out while they are produced.</summary>
    [LibraryImport(Library)]
    public static partial DuckDbState duckdb_pending_prepared_streaming(PreparedStatementHandle statement, out PendingResultHandle pending);

    [LibraryImport(Library)]
    public static partial byte* duckdb_pending_error(PendingResultHandle pending);

    [LibraryImport(Library)]
    public static partial DuckDbState duckdb_execute_pending(PendingResultHandle pending, NativeResult* result);

    [LibraryImport(Library)]
    public static partial void duckdb_destroy_pending(ref nint pending);

    [LibraryImport(Library)]
    public static partial void duckdb_destroy_result(NativeResult* result);

    [LibraryImport(Library)]
    public static partial byte* duckdb_result_error(NativeResult* result);

    [LibraryImport(Library)]
    public static partial DuckDbErrorType duckdb_result_error_type(NativeResult* result);

    [LibraryImport(Library)]
    public static partial ulong duckdb_column_count(NativeResult* result);

    /// <summary>Belongs to the result.</summary>
    [LibraryImport(Library)]
    public static partial byte* duckdb_column_name(NativeResult* result, ulong column);

    [LibraryImport(Library)]
    public static partial LogicalTypeHandle duckdb_column_logical_type(NativeResult* result, ulong column);

    /// <summary>The next rows, an invalid handle at the end and after an error: ask <see cref="duckdb_result_error"/> which.</summary>
    [LibraryImport(Library)]
    public static partial DataChunkHandle duckdb_fetch_chunk(NativeResult result);
}
