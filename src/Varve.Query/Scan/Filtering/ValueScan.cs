namespace Varve.Query.Scan.Filtering;

/// <summary>Looks for values in memory. Immutable.</summary>
internal abstract class ValueScan<T>
    where T : unmanaged
{
    /// <summary>Takes those rows out of the set whose values do not match.</summary>
    /// <param name="values">One per row of the set.</param>
    /// <param name="left">The rows that are left.</param>
    public abstract void Narrow(ReadOnlySpan<T> values, RowSet left);
}
