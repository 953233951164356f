using Varve.Arrow;
using Varve.Storage.Segments;

namespace Varve.Storage.Views;

/// <summary>
/// The segments of a stream under one schema, as views show them: their chunks, numbered through, and their groups. Costs a few words a segment until
/// something is looked at, and no look at a file. Immutable but for what is made with the first look; any thread.
/// </summary>
internal sealed class SegmentChunks
{
    private readonly SegmentRows[] _segments;
    private readonly int[] _ends;
    private volatile SegmentGroup[]? _groups;

    public SegmentChunks(IReadOnlyList<SegmentInfo> segments, Schema schema, SegmentFiles files)
        : this([.. segments.Select(info => new SegmentRows(info, files.Of(info, schema), schema))])
    {
    }

    public SegmentChunks(params SegmentRows[] segments)
    {
        _segments = segments;
        _ends = new int[_segments.Length];
        int end = 0;
        for (int i = 0; i < _segments.Length; i++)
            _ends[i] = end = checked(end + ChunkCount(_segments[i]));
        Count = end;
        HasOrdered = segments.Any(s => s.Info.IsClustered);
    }

    /// <summary>How many chunks there are.</summary>
    public int Count { get; }

    /// <summary>Whether some segment's rows have to be put back into order.</summary>
    public bool HasOrdered { get; }

    public IReadOnlyList<SegmentGroup> Groups => _groups ??= [.. _segments.Select(rows => new SegmentGroup(rows))];

    /// <summary>A chunk by its number. Made anew each time.</summary>
    /// <param name="index">0 to <see cref="Count"/> - 1.</param>
    /// <param name="slot">The view's.</param>
    public ViewChunk Chunk(int index, OrderedSlot slot)
    {
        int found = Array.BinarySearch(_ends, index + 1);
        int segment = found >= 0 ? found : ~found;
        SegmentRows rows = _segments[segment];
        int at = index - (segment == 0 ? 0 : _ends[segment - 1]);
        if (!rows.Info.IsClustered)
            return new SegmentChunk(rows, rows.Pieces[at]);
        int start = at * rows.RowCountMax;
        return new OrderedChunk(rows, slot, start, (int)Math.Min(rows.RowCountMax, rows.Info.RowCount - start));
    }

    private static int ChunkCount(SegmentRows rows) => rows.Info.IsClustered
        ? (int)((rows.Info.RowCount + rows.RowCountMax - 1) / rows.RowCountMax)
        : rows.PieceCount;
}
