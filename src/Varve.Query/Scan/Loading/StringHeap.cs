using Varve.Query.Native;

namespace Varve.Query.Scan.Loading;

/// <summary>
/// Memory of a string vector of DuckDB's own, which lives as long as any vector refers to it. One call per vector: a text as long as all texts of the
/// vector is assigned to its first row, and the strings then point into it.
/// </summary>
internal static unsafe class StringHeap
{
    /// <summary>Copies the bytes.</summary>
    /// <param name="vector">A vector of texts or blobs; its first row is overwritten.</param>
    /// <param name="bytes">More than a string holds in place (<see cref="NativeString.InlineBytes"/>).</param>
    /// <returns>Where the copy stands.</returns>
    public static byte* Copy(nint vector, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* source = bytes)
            DuckDbApi.duckdb_unsafe_vector_assign_string_element_len(vector, 0, source, (ulong)bytes.Length);
        return NativeString.Pointer((NativeString*)DuckDbApi.duckdb_vector_get_data(vector));
    }
}
