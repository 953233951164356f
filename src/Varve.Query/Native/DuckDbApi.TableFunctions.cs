using System.Runtime.InteropServices;

namespace Varve.Query.Native;

internal static unsafe partial class DuckDbApi
{
    [LibraryImport(Library)]
    public static partial nint duckdb_create_table_function();

    [LibraryImport(Library)]
    public static partial void duckdb_destroy_table_function(ref nint function);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial void duckdb_table_function_set_name(nint function, string name);

    [LibraryImport(Library)]
    public static partial void duckdb_table_function_add_parameter(nint function, LogicalTypeHandle type);

    [LibraryImport(Library)]
    public static partial void duckdb_table_function_set_extra_info(nint function, nint data, delegate* unmanaged[Cdecl]<nint, void> destroy);

    [LibraryImport(Library)]
    public static partial void duckdb_table_function_set_bind(nint function, delegate* unmanaged[Cdecl]<nint, void> bind);

    [LibraryImport(Library)]
    public static partial void duckdb_table_function_set_init(nint function, delegate* unmanaged[Cdecl]<nint, void> init);

    [LibraryImport(Library)]
    public static partial void duckdb_table_function_set_local_init(nint function, delegate* unmanaged[Cdecl]<nint, void> init);

    [LibraryImport(Library)]
    public static partial void duckdb_table_function_set_function(nint function, delegate* unmanaged[Cdecl]<nint, nint, void> scan);

    [LibraryImport(Library)]
    public static partial void duckdb_table_function_supports_projection_pushdown(nint function, [MarshalAs(UnmanagedType.U1)] bool pushdown);

    [LibraryImport(Library)]
    public static partial DuckDbState duckdb_register_table_function(ConnectionHandle connection, nint function);

    [LibraryImport(Library)]
    public static partial void duckdb_table_function_get_client_context(nint bindInfo, out nint context);

    [LibraryImport(Library)]
    public static partial nint duckdb_bind_get_extra_info(nint bindInfo);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial void duckdb_bind_add_result_column(nint bindInfo, string name, LogicalTypeHandle type);

    /// <summary>The value belongs to the caller.</summary>
    [LibraryImport(Library)]
    public static partial ValueHandle duckdb_bind_get_parameter(nint bindInfo, ulong index);

    [LibraryImport(Library)]
    public static partial void duckdb_bind_set_bind_data(nint bindInfo, nint data, delegate* unmanaged[Cdecl]<nint, void> destroy);

    /// <summary>With <paramref name="isExact"/> true only an estimate is set; false declares a maximum too (the name reads inverted).</summary>
    [LibraryImport(Library)]
    public static partial void duckdb_bind_set_cardinality(nint bindInfo, ulong rows, [MarshalAs(UnmanagedType.U1)] bool isExact);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial void duckdb_bind_set_error(nint bindInfo, string error);

    [LibraryImport(Library)]
    public static partial nint duckdb_init_get_bind_data(nint initInfo);

    [LibraryImport(Library)]
    public static partial void duckdb_init_set_init_data(nint initInfo, nint data, delegate* unmanaged[Cdecl]<nint, void> destroy);

    [LibraryImport(Library)]
    public static partial ulong duckdb_init_get_column_count(nint initInfo);

    [LibraryImport(Library)]
    public static partial ulong duckdb_init_get_column_index(nint initInfo, ulong index);

    [LibraryImport(Library)]
    public static partial void duckdb_init_set_max_threads(nint initInfo, ulong threads);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial void duckdb_init_set_error(nint initInfo, string error);

    [LibraryImport(Library)]
    public static partial nint duckdb_function_get_init_data(nint functionInfo);

    [LibraryImport(Library)]
    public static partial nint duckdb_function_get_local_init_data(nint functionInfo);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial void duckdb_function_set_error(nint functionInfo, string error);
}
