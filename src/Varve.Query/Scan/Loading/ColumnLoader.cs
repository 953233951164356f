using Varve.Arrow;
using Varve.Arrow.Transform;
using Varve.Query.Native;

namespace Varve.Query.Scan.Loading;

/// <summary>
/// Carries rows of an Arrow array into a DuckDB vector, 2048 and fewer at a time. One per type, without state, so that any number of
/// scanning threads share it. Thread-safe.
/// </summary>
internal abstract unsafe class ColumnLoader
{
    /// <summary>The SQL type as DESCRIBE shows it.</summary>
    public abstract string SqlName { get; }

    /// <summary>What one row takes in a DuckDB vector, elements of an ARRAY included, those of a LIST as one.</summary>
    public abstract int RowBytes { get; }

    /// <summary>The SQL type for DuckDB; the caller disposes it.</summary>
    public abstract LogicalTypeHandle CreateType();

    /// <summary>
    /// A bound of the column as DuckDB's planner takes it: a number of the width that the SQL type's values have. Null where these are no whole numbers, or
    /// where the bound does not fit. The caller disposes it.
    /// </summary>
    /// <param name="stored">In the unit in which the column is stored.</param>
    public virtual ValueHandle? CreateBound(Int128 stored) => null;

    /// <summary>Whether rows have lists, whose elements take memory of their own.</summary>
    public virtual bool HasLists => false;

    /// <summary>What the elements of the rows' lists take in vectors, at all levels.</summary>
    public virtual long ListBytes(ArrayData array, int from, int count) => 0;

    /// <param name="array">The rows' array.</param>
    /// <param name="from">The first row in it.</param>
    /// <param name="count">Rows: up to the vector's capacity.</param>
    /// <param name="vector">A fresh vector of this loader's type.</param>
    /// <param name="parent">Validity of the struct that holds these rows, one bit per row; null where all are valid. DuckDB wants a null
    /// struct's fields null too.</param>
    /// <param name="pins">Keeps memory in place that the vector points to; null where the array is only lent: then its texts are copied.</param>
    /// <exception cref="QueryException">A value has no equal in the SQL type.</exception>
    public void Load(ArrayData array, int from, int count, nint vector, ulong* parent, ScanPins? pins)
    {
        ulong* validity = null;
        if (array.NullCount > 0 || parent != null)
        {
            DuckDbApi.duckdb_vector_ensure_validity_writable(vector);
            validity = DuckDbApi.duckdb_vector_get_validity(vector);
            ValidityWords.Load(array, from, count, parent, validity);
        }

        LoadValues(array, from, count, vector, validity, pins);
    }

    /// <summary>Loads chosen rows.</summary>
    /// <param name="array">Holds them.</param>
    /// <param name="rows">Which: up to the vector's capacity, rising.</param>
    /// <param name="vector">A fresh vector of this loader's type.</param>
    /// <param name="pins">As in <see cref="Load"/>.</param>
    /// <exception cref="QueryException">A value has no equal in the SQL type.</exception>
    public void Gather(ArrayData array, ReadOnlySpan<int> rows, nint vector, ScanPins? pins)
    {
        ulong* validity = array.NullCount > 0 ? LoadValidity(array, new RowWindow(rows), vector) : null;
        GatherValues(array, rows, vector, validity, pins);
    }

    /// <summary>Fills the validity of a vector and returns it.</summary>
    public static ulong* LoadValidity(ArrayData array, RowWindow window, nint vector)
    {
        DuckDbApi.duckdb_vector_ensure_validity_writable(vector);
        ulong* validity = DuckDbApi.duckdb_vector_get_validity(vector);
        if (window.IsRun)
            ValidityWords.Load(array, window.From, window.Count, null, validity);
        else
            ValidityWords.Gather(array, window.Rows, validity);
        return validity;
    }

    /// <param name="array">The rows' array.</param>
    /// <param name="from">The first row in it, its own offset not yet added.</param>
    /// <param name="count">Rows.</param>
    /// <param name="vector">Where they go.</param>
    /// <param name="validity">The vector's validity, already filled; null where all rows are valid. Values of null rows are free.</param>
    /// <param name="pins">As in <see cref="Load"/>.</param>
    protected abstract void LoadValues(ArrayData array, int from, int count, nint vector, ulong* validity, ScanPins? pins);

    /// <summary>The same for chosen rows, their validity already filled. By itself it copies them into an array first.</summary>
    protected virtual void GatherValues(ArrayData array, ReadOnlySpan<int> rows, nint vector, ulong* validity, ScanPins? pins) =>
        LoadValues(ArrayTake.Take(array, rows), 0, rows.Length, vector, validity, null);

    protected static bool IsValid(ulong* validity, int row) => validity == null || (validity[row >> 6] >> (row & 63) & 1) != 0;
}
