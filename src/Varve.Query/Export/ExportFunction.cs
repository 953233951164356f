using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Varve.Query.Native;
using Varve.Query.Scan.Loading;

namespace Varve.Query.Export;

/// <summary>The table function <c>exported_rows()</c>, which gives <see cref="ExportRows"/> once. For an instance of one export.</summary>
/// <remarks>No managed exception may leave a callback: that would end the process. What DuckDB keeps for us is a GC handle.</remarks>
internal static unsafe class ExportFunction
{
    public const string Name = "exported_rows";

    public static void Register(DuckDbConnection connection, ExportRows rows)
    {
        nint function = DuckDbApi.duckdb_create_table_function();
        DuckDbApi.duckdb_table_function_set_name(function, Name);
        DuckDbApi.duckdb_table_function_set_extra_info(function, Hand(rows), &Free);
        DuckDbApi.duckdb_table_function_set_bind(function, &Bind);
        DuckDbApi.duckdb_table_function_set_init(function, &Init);
        DuckDbApi.duckdb_table_function_set_function(function, &Scan);
        DuckDbState state = DuckDbApi.duckdb_register_table_function(connection.Handle, function);
        DuckDbApi.duckdb_destroy_table_function(ref function);
        if (state != DuckDbState.Success)
            throw new QueryException(QueryErrorCode.Internal, $"DuckDB did not take the table function {Name}");
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Bind(nint info)
    {
        try
        {
            var rows = Held(DuckDbApi.duckdb_bind_get_extra_info(info));
            foreach ((string name, ColumnLoader loader) in rows.Columns)
            {
                using LogicalTypeHandle type = loader.CreateType();
                DuckDbApi.duckdb_bind_add_result_column(info, name, type);
            }

            DuckDbApi.duckdb_bind_set_bind_data(info, Hand(rows), &Free);
        }
#pragma warning disable CA1031 // Nothing may leave a callback; the statement fails with it.
        catch (Exception e)
#pragma warning restore CA1031
        {
            DuckDbApi.duckdb_bind_set_error(info, e.Message);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Init(nint info)
    {
        try
        {
            // One thread, so that the rows stay in their order.
            DuckDbApi.duckdb_init_set_max_threads(info, 1);
            DuckDbApi.duckdb_init_set_init_data(info, Hand(Held(DuckDbApi.duckdb_init_get_bind_data(info))), &Free);
        }
#pragma warning disable CA1031 // As above.
        catch (Exception e)
#pragma warning restore CA1031
        {
            DuckDbApi.duckdb_init_set_error(info, e.Message);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Scan(nint info, nint chunk)
    {
        try
        {
            DuckDbApi.duckdb_data_chunk_set_size(chunk, (ulong)Held(DuckDbApi.duckdb_function_get_init_data(info)).Fill(chunk));
        }
#pragma warning disable CA1031 // As above.
        catch (Exception e)
#pragma warning restore CA1031
        {
            DuckDbApi.duckdb_function_set_error(info, e.Message);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Free(nint data) => GCHandle.FromIntPtr(data).Free();

    private static nint Hand(ExportRows rows) => GCHandle.ToIntPtr(GCHandle.Alloc(rows));

    private static ExportRows Held(nint data) => Unsafe.As<ExportRows>(GCHandle.FromIntPtr(data).Target!);
}
