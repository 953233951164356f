using System.Collections.Concurrent;
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

    /// <summary>Blocks that are looked at ahead of the scan, to see how many threads it is worth.</summary>
    private const int LookAheadMax = 256;

    private readonly Lock _lock = new();
    private readonly List<ScanGroup> _groups = [];
    private readonly Condition _condition;
    private readonly ScanCounts _counts;
    private readonly ConcurrentQueue<ScanBlock> _ahead = [];
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

    /// <summary>
    /// Threads that the scan is worth, at least 1: one for each block, about. A scan of which one block is left should wake no second thread, so the
    /// first blocks are looked at. Before the scan begins.
    /// </summary>
    /// <exception cref="StorageException">A segment is damaged.</exception>
    public long ThreadCount()
    {
        for (int looks = 0; _ahead.Count < 2; looks++)
        {
            if (looks == LookAheadMax)
                return EstimatedCount;
            if (TakeAny() is not { } block)
                return Math.Max(1, _ahead.Count);
            if (IsNeeded(block))
                _ahead.Enqueue(block);
        }

        return EstimatedCount;
    }

    /// <summary>The next block that may hold a row that is needed; null when all are taken.</summary>
    public ScanBlock? Take()
    {
        if (_ahead.TryDequeue(out ScanBlock? seen))
            return seen;
        while (TakeAny() is { } block)
        {
            if (IsNeeded(block))
                return block;
        }

        return null;
    }

    /// <summary>Of the groups that were not pruned; at least 1.</summary>
    private long EstimatedCount => Math.Max(1, _groups.Sum(g => (g.RowCount + BlockRowCount - 1) / BlockRowCount));

    /// <summary>Outside of the lock: the zones of the tail are found by a look at its rows.</summary>
    private bool IsNeeded(ScanBlock block)
    {
        bool mayHold = _condition.MayHold(new RowZones(block));
        if (mayHold)
            _counts.BlockRead();
        else
            _counts.BlockPruned();
        return mayHold;
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
