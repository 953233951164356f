namespace Varve.Query.Scan.Filtering;

/// <summary>No value matches: those sought do not fit the column's type. Immutable.</summary>
internal sealed class NoScan<T> : ValueScan<T>
    where T : unmanaged
{
    public override void Narrow(ReadOnlySpan<T> values, RowSet left) => left.Clear();
}
