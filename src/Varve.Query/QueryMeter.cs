using System.Diagnostics.Metrics;

namespace Varve.Query;

/// <summary>What the scans of an engine's statements read and left out, as the meter <c>Varve.Query</c>. Any thread.</summary>
internal sealed class QueryMeter : IDisposable
{
    public const string Name = "Varve.Query";

    private readonly Meter _meter = new(Name);
    private readonly Counter<long> _groupsRead;
    private readonly Counter<long> _groupsPruned;
    private readonly Counter<long> _blocksRead;
    private readonly Counter<long> _blocksPruned;
    private readonly Counter<long> _columnsDecoded;
    private readonly Counter<long> _rowsDropped;
    private readonly Counter<long> _rowsHandedOver;

    public QueryMeter()
    {
        _groupsRead = _meter.CreateCounter<long>("varve.query.scan.groups_read", "{group}", "Segments and tails that statements looked into");
        _groupsPruned = _meter.CreateCounter<long>("varve.query.scan.groups_pruned", "{group}", "Segments and tails left out by their bounds");
        _blocksRead = _meter.CreateCounter<long>("varve.query.scan.blocks_read", "{block}", "Blocks that statements looked into");
        _blocksPruned = _meter.CreateCounter<long>("varve.query.scan.blocks_pruned", "{block}", "Blocks left out by their bounds or a Bloom filter");
        _columnsDecoded = _meter.CreateCounter<long>("varve.query.scan.columns_decoded", "{column}", "Columns of blocks that statements looked at");
        _rowsDropped = _meter.CreateCounter<long>("varve.query.scan.rows_dropped", "{row}", "Rows that conditions dropped before SQL saw them");
        _rowsHandedOver = _meter.CreateCounter<long>("varve.query.scan.rows_handed_over", "{row}", "Rows that SQL was given");
    }

    /// <summary>Adds what a statement did, once it has ended.</summary>
    public void Add(ScanStatistics statement)
    {
        _groupsRead.Add(statement.GroupsRead);
        _groupsPruned.Add(statement.GroupsPruned);
        _blocksRead.Add(statement.BlocksRead);
        _blocksPruned.Add(statement.BlocksPruned);
        _columnsDecoded.Add(statement.ColumnsDecoded);
        _rowsDropped.Add(statement.RowsDropped);
        _rowsHandedOver.Add(statement.RowsHandedOver);
    }

    public void Dispose() => _meter.Dispose();
}
