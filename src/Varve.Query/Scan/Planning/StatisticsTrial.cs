using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Varve.Query.Native;
using Varve.Query.Scan.Loading;
using Varve.Storage.Zones;

namespace Varve.Query.Scan.Planning;

/// <summary>A table function of one row in a database of its own, whose statistics DuckDB is asked to tell again.</summary>
internal static unsafe class StatisticsTrial
{
    private const long Least = -3;
    private const long Greatest = 7_000_000_000;
    private const string Expected = "[Min: -3, Max: 7000000000][Has Null: false, Has No Null: true]";

    private static readonly FixedLoader Loader = new(DuckDbTypeId.BigInt, "BIGINT", sizeof(long));

    /// <summary>What went wrong; null where it went as it should.</summary>
    public static string? Run()
    {
        try
        {
            using var database = new DuckDbDatabase([("threads", "1"), ("temp_directory", "")]);
            using DuckDbConnection connection = database.Connect();
            Register(connection);
            string told = connection.ReadTexts("SELECT stats(known) || stats(unknown) || known FROM trial()").Single();
            string expected = Expected + "[Min: NULL, Max: NULL][Has Null: true, Has No Null: true]" + Greatest;
            return told == expected ? null : $"a trial gave the statistics {told}, not {expected}";
        }
        catch (QueryException e)
        {
            return $"a trial failed: {e.Message}";
        }
    }

    private static void Register(DuckDbConnection connection)
    {
        nint function = DuckDbApi.duckdb_create_table_function();
        DuckDbApi.duckdb_table_function_set_name(function, "trial");
        DuckDbApi.duckdb_table_function_set_bind(function, &Bind);
        DuckDbApi.duckdb_table_function_set_init(function, &Init);
        DuckDbApi.duckdb_table_function_set_function(function, &Scan);
        ColumnStatistics.Set(function, &Give);
        DuckDbApi.duckdb_register_table_function(connection.Handle, function);
        DuckDbApi.duckdb_destroy_table_function(ref function);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Bind(nint info)
    {
        using LogicalTypeHandle type = Loader.CreateType();
        DuckDbApi.duckdb_bind_add_result_column(info, "known", type);
        DuckDbApi.duckdb_bind_add_result_column(info, "unknown", type);
        DuckDbApi.duckdb_bind_set_cardinality(info, 1, false);
        DuckDbApi.duckdb_bind_set_bind_data(info, RowsLeft(1), &Free);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Init(nint info) => DuckDbApi.duckdb_init_set_init_data(info, RowsLeft(1), &Free);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Scan(nint info, nint chunk)
    {
        long* left = (long*)DuckDbApi.duckdb_function_get_init_data(info);
        for (ulong column = 0; column < 2; column++)
            *(long*)DuckDbApi.duckdb_vector_get_data(DuckDbApi.duckdb_data_chunk_get_vector(chunk, column)) = Greatest;
        DuckDbApi.duckdb_data_chunk_set_size(chunk, (ulong)*left);
        *left = 0;
    }

    /// <summary>Of the first column, where the data is what bind set.</summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nint* Give(nint* place, nint context, nint bound, ulong column)
    {
        *place = 0;
        if (column == 0 && *(long*)ColumnStatistics.BindData(bound) == 1)
            ColumnStatistics.Make(Loader, new Zone(ZoneValue.Of(Least), ZoneValue.Of(Greatest), HasNulls: false), place);
        return place;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Free(nint data) => NativeMemory.Free((void*)data);

    private static nint RowsLeft(long count)
    {
        long* left = (long*)NativeMemory.Alloc(sizeof(long));
        *left = count;
        return (nint)left;
    }
}
