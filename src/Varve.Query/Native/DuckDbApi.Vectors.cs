using System.Runtime.InteropServices;

namespace Varve.Query.Native;

internal static unsafe partial class DuckDbApi
{
    [LibraryImport(Library)]
    public static partial void duckdb_destroy_data_chunk(ref nint chunk);

    [LibraryImport(Library)]
    public static partial ulong duckdb_data_chunk_get_size(DataChunkHandle chunk);

    [LibraryImport(Library)]
    public static partial nint duckdb_data_chunk_get_vector(DataChunkHandle chunk, ulong column);

    /// <summary>For the chunk that a table function fills, which belongs to DuckDB.</summary>
    [LibraryImport(Library)]
    public static partial nint duckdb_data_chunk_get_vector(nint chunk, ulong column);

    [LibraryImport(Library)]
    public static partial void duckdb_data_chunk_set_size(nint chunk, ulong size);

    [LibraryImport(Library)]
    public static partial void* duckdb_vector_get_data(nint vector);

    /// <summary>Null while no row is null.</summary>
    [LibraryImport(Library)]
    public static partial ulong* duckdb_vector_get_validity(nint vector);

    [LibraryImport(Library)]
    public static partial void duckdb_vector_ensure_validity_writable(nint vector);

    [LibraryImport(Library)]
    public static partial nint duckdb_list_vector_get_child(nint vector);

    [LibraryImport(Library)]
    public static partial ulong duckdb_list_vector_get_size(nint vector);

    [LibraryImport(Library)]
    public static partial DuckDbState duckdb_list_vector_reserve(nint vector, ulong capacity);

    [LibraryImport(Library)]
    public static partial DuckDbState duckdb_list_vector_set_size(nint vector, ulong size);

    [LibraryImport(Library)]
    public static partial nint duckdb_struct_vector_get_child(nint vector, ulong index);

    [LibraryImport(Library)]
    public static partial nint duckdb_array_vector_get_child(nint vector);

    /// <summary>Copies a text into the vector's own memory; its bytes are not checked.</summary>
    [LibraryImport(Library)]
    public static partial void duckdb_unsafe_vector_assign_string_element_len(nint vector, ulong row, byte* text, ulong length);

    /// <summary>A vector of any capacity.</summary>
    [LibraryImport(Library)]
    public static partial VectorHandle duckdb_create_vector(LogicalTypeHandle type, ulong capacity);

    [LibraryImport(Library)]
    public static partial void duckdb_destroy_vector(ref nint vector);

    [LibraryImport(Library)]
    public static partial SelectionHandle duckdb_create_selection_vector(ulong size);

    [LibraryImport(Library)]
    public static partial void duckdb_destroy_selection_vector(nint selection);

    [LibraryImport(Library)]
    public static partial uint* duckdb_selection_vector_get_data_ptr(SelectionHandle selection);

    /// <summary>Makes a vector share the values of another.</summary>
    [LibraryImport(Library)]
    public static partial void duckdb_vector_reference_vector(nint target, VectorHandle source);

    /// <summary>Makes a vector one of codes into the values that it had.</summary>
    [LibraryImport(Library)]
    public static partial void duckdb_slice_vector(nint vector, SelectionHandle selection, ulong count);

    /// <summary>Copies chosen rows of a vector, whatever its form, into one that holds each row's value.</summary>
    [LibraryImport(Library)]
    public static partial void duckdb_vector_copy_sel(
        VectorHandle source, VectorHandle target, SelectionHandle selection, ulong sourceCount, ulong sourceOffset, ulong targetOffset);
}
