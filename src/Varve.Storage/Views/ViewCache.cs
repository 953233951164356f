using Varve.Storage.Segments;
using Varve.Storage.Streams;
using Varve.Storage.Tail;

namespace Varve.Storage.Views;

/// <summary>
/// Makes the views of one stream. The same head gives the same chunks; what segments show, and chunks of the tail that take no more rows, is made
/// once. Any thread; readers may wait for one another while a view is made, but never make the sequencer wait.
/// </summary>
internal sealed class ViewCache
{
    private readonly Lock _making = new();
    private volatile ViewParts? _last;

    // All under the lock. Entries of shared chunks below a view's count are never touched again.
    private SegmentChunks? _segments;
    private StreamHead? _segmentsOf;
    private Dictionary<TailChunk, ViewChunk[]> _full = [];
    private ViewChunk[] _shared = [];
    private int _sharedCount;
    private int _fullCount;

    /// <param name="head">What the view shows.</param>
    /// <param name="visibleUpTo">Read before the head was: everything of the stream up to there is in the head.</param>
    /// <param name="files">Those of all segments.</param>
    public StreamView Open(StreamHead head, LogPosition visibleUpTo, SegmentFiles files)
    {
        LogPosition position = head.Position > visibleUpTo ? head.Position : visibleUpTo;
        ViewParts? parts = _last;
        if (parts is null || !ReferenceEquals(parts.Head, head))
        {
            lock (_making)
                parts = _last is { } last && ReferenceEquals(last.Head, head) ? last : Make(head, files);
        }

        return new StreamView(head.Description, position, parts.ChunksForView(), parts.Groups);
    }

    /// <summary>
    /// Lets go of what newer heads do not have: rows that were sealed take memory for as long as something refers to them. To be called after a seal.
    /// </summary>
    public void Refresh(StreamHead head, SegmentFiles files)
    {
        if (_last is null)
            return;
        lock (_making)
            Make(head, files);
    }

    /// <summary>The chunks of a head's tail. Any thread.</summary>
    public static ViewChunk[] TailOf(StreamHead head) => TailFrom(head, 0);

    private ViewParts Make(StreamHead head, SegmentFiles files)
    {
        if (_last is { } newer && newer.Head.Position > head.Position)
        {
            // Another reader was quicker with a newer head: what is shared has moved on, so this view stands for itself.
            return new ViewParts(head, new SegmentChunks(head.Segments, head.Schema.Schema, files), new TailChunks([], 0, TailOf(head)));
        }

        bool isNewSchema = !ReferenceEquals(_segmentsOf?.Schema.Schema, head.Schema.Schema);
        if (isNewSchema || _segmentsOf!.Segments != head.Segments)
            _segments = new SegmentChunks(head.Segments, head.Schema.Schema, files);
        Dictionary<TailChunk, ViewChunk[]> known = isNewSchema ? [] : _full;
        if (isNewSchema || _segmentsOf!.SealedEnd != head.SealedEnd)
        {
            _full = [];
            _shared = [];
            _sharedCount = 0;
            _fullCount = 0;
        }

        _segmentsOf = head;

        // All but the last chunk take no more rows; they are complete as far as the head reaches beyond them.
        ReadOnlySpan<TailChunk> chunks = head.Chunks.Span;
        for (; _fullCount + 1 < chunks.Length && chunks[_fullCount + 1].FirstOffset <= head.EndOffset; _fullCount++)
        {
            // What a query found out about a chunk stays, unless some of its rows were sealed.
            TailChunk chunk = chunks[_fullCount];
            bool isKnown = known.TryGetValue(chunk, out ViewChunk[]? views) && chunk.FirstOffset >= head.SealedEnd;
            Share(chunk, isKnown ? views! : ViewOf(chunk, chunks[_fullCount + 1].FirstOffset, head));
        }

        return _last = new ViewParts(head, _segments!, new TailChunks(_shared, _sharedCount, TailFrom(head, _fullCount)));
    }

    private void Share(TailChunk chunk, ViewChunk[] views)
    {
        _full[chunk] = views;
        foreach (ViewChunk view in views)
        {
            if (_sharedCount == _shared.Length)
                Array.Resize(ref _shared, Math.Max(4, 2 * _sharedCount));
            _shared[_sharedCount++] = view;
        }
    }

    private static ViewChunk[] TailFrom(StreamHead head, int first)
    {
        List<ViewChunk> made = [];
        ReadOnlySpan<TailChunk> chunks = head.Chunks.Span;
        for (int i = first; i < chunks.Length; i++)
        {
            long end = i + 1 < chunks.Length ? Math.Min(chunks[i + 1].FirstOffset, head.EndOffset) : head.EndOffset;
            if (end > chunks[i].FirstOffset)
                made.AddRange(ViewOf(chunks[i], end, head));
        }

        return [.. made];
    }

    /// <summary>The rows of a chunk before an offset that do not stand in a segment.</summary>
    private static ViewChunk[] ViewOf(TailChunk chunk, long end, StreamHead head)
    {
        int sealedRows = (int)Math.Max(0, head.SealedEnd - chunk.FirstOffset);
        return chunk.View(head.Schema.Schema, sealedRows, (int)(end - chunk.FirstOffset));
    }
}
