using Varve.Query.Pruning;
using Varve.Query.Pruning.Conditions;
using Varve.Storage;

namespace Varve.Query.Scan;

/// <summary>
/// The blocks of a scan that may be needed, handed out one at a time to the threads that ask. The blocks of a group are looked at when its turn
/// comes, so the footers of pruned segments are never read. Thread-safe.
/// </summary>
internal sealed class BlockQueue
{
    /// <summary>Of a full block.</summary>
    private const int BlockRowCount = 65_536;

    private readonly Lock _lock = new();
    private readonly List<ScanGroup> _groups = [];
    private readonly Condition _condition;
    private readonly ScanCounts _counts;
    private IReadOnlyList<ScanBlock> _blocks = [];
    private int _nextGroup;
    private int _nextBlock;

    public BlockQueue(IReadOnlyList<ScanGroup> groups, Condition condition, ScanCounts counts)
    {
        _condition = condition;
        _counts = counts;
        foreach (ScanGroup group in groups)
        {
            if (group.RowCount > 0 && condition.MayHold(new RowZones(group)))
                _groups.Add(group);
        }

        counts.Groups(_groups.Count, groups.Count - _groups.Count);
    }

    /// <summary>How many blocks the groups have that were not pruned, about: a look at them would read footers.</summary>
    public long EstimatedCount => _groups.Sum(g => (g.RowCount + BlockRowCount - 1) / BlockRowCount);

    /// <summary>The next block that may hold a row that is needed; null when all are taken.</summary>
    public ScanBlock? Take()
    {
        while (TakeAny() is { } block)
        {
            // Outside of the lock: the zones of the tail are found by a look at its rows.
            if (_condition.MayHold(new RowZones(block)))
            {
                _counts.BlockRead();
                return block;
            }

            _counts.BlockPruned();
        }

        return null;
    }

    private ScanBlock? TakeAny()
    {
        lock (_lock)
        {
            while (_nextBlock == _blocks.Count)
            {
                if (_nextGroup == _groups.Count)
                    return null;
                _blocks = _groups[_nextGroup++].Blocks;
                _nextBlock = 0;
            }

            return _blocks[_nextBlock++];
        }
    }
}
