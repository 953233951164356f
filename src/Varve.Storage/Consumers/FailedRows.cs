namespace Varve.Storage.Consumers;

/// <summary>Rows that follow one another, and how many of their deliveries failed.</summary>
/// <param name="From">The offset of the first.</param>
/// <param name="End">The offset behind the last.</param>
/// <param name="Count">At least 1.</param>
internal readonly record struct FailedRows(long From, long End, int Count)
{
    public long RowCount => End - From;
}
