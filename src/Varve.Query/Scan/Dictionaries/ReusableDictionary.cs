using Varve.Query.Native;

namespace Varve.Query.Scan.Dictionaries;

/// <summary>
/// A dictionary that DuckDB knows the size and the identity of: hashes and functions of its values are computed once for each value, and not again for
/// each row. Only to be made where <see cref="ReusableDictionaries"/> are usable. Immutable once it is filled; any thread.
/// </summary>
internal sealed unsafe class ReusableDictionary
{
    private readonly SharedPointer _buffer;

    /// <summary>Owns the dictionary: nothing else that is exported lets go of it.</summary>
    private readonly VectorHandle _holder;

    /// <param name="type">Of the values.</param>
    /// <param name="size">How many values, a null included.</param>
    public ReusableDictionary(LogicalTypeHandle type, int size)
    {
        _holder = DuckDbApi.duckdb_create_vector(type, 1);
        using SelectionHandle first = DuckDbApi.duckdb_create_selection_vector(1);
        *DuckDbApi.duckdb_selection_vector_get_data_ptr(first) = 0;
        SharedPointer created;
        ulong count = (ulong)size;
        DuckDbInternals.CreateReusableDictionary(&created, type, &count);
        _buffer = created;
        DuckDbInternals.UseDictionary(_holder.DangerousGetHandle(), &created, first);
    }

    /// <summary>The vector of the values, to be filled before the first use.</summary>
    public nint Values => _buffer.Object + DuckDbInternals.ChildVectorOffset;

    /// <summary>This, and the vectors that use it.</summary>
    public int OwnerCount => _buffer.OwnerCount;

    /// <summary>Makes a vector one of codes into the dictionary, which lives as long as any such vector.</summary>
    /// <param name="vector">Of the dictionary's type.</param>
    /// <param name="selection">Holds codes that are all within the dictionary.</param>
    public void Use(nint vector, SelectionHandle selection)
    {
        SharedPointer shared = _buffer.Share();
        DuckDbInternals.UseDictionary(vector, &shared, selection);
        GC.KeepAlive(_holder);
    }
}
