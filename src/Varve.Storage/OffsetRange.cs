namespace Varve.Storage;

/// <summary>Rows that follow one another.</summary>
/// <param name="From">The offset of the first.</param>
/// <param name="End">The offset behind the last.</param>
public readonly record struct OffsetRange(long From, long End)
{
    public long RowCount => End - From;

    public override string ToString() => $"{From}..{End}";
}
