namespace Varve.Query.Scan;

/// <summary>Counts what the scans of one statement do. Thread-safe.</summary>
internal sealed class ScanCounts
{
    private long _groupsRead;
    private long _groupsPruned;
    private long _blocksRead;
    private long _blocksPruned;
    private long _columnsDecoded;
    private long _rowsDropped;
    private long _rowsHandedOver;

    public ScanStatistics Statistics => new()
    {
        GroupsRead = Interlocked.Read(ref _groupsRead),
        GroupsPruned = Interlocked.Read(ref _groupsPruned),
        BlocksRead = Interlocked.Read(ref _blocksRead),
        BlocksPruned = Interlocked.Read(ref _blocksPruned),
        ColumnsDecoded = Interlocked.Read(ref _columnsDecoded),
        RowsDropped = Interlocked.Read(ref _rowsDropped),
        RowsHandedOver = Interlocked.Read(ref _rowsHandedOver),
    };

    public void Groups(int read, int pruned)
    {
        Interlocked.Add(ref _groupsRead, read);
        Interlocked.Add(ref _groupsPruned, pruned);
    }

    public void BlockPruned() => Interlocked.Increment(ref _blocksPruned);

    public void BlockRead() => Interlocked.Increment(ref _blocksRead);

    public void ColumnDecoded() => Interlocked.Increment(ref _columnsDecoded);

    public void RowsHandedOver(int count) => Interlocked.Add(ref _rowsHandedOver, count);

    public void RowsDropped(int count) => Interlocked.Add(ref _rowsDropped, count);
}
