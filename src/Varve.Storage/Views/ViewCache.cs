using System.Runtime.CompilerServices;
using Varve.Arrow;
using Varve.Storage.Streams;
using Varve.Storage.Tail;

namespace Varve.Storage.Views;

/// <summary>
/// Makes the views of one stream. The same head gives the same chunks; chunks that take no more rows are made once. Any thread; readers may
/// wait for one another while a view is made, but never make the sequencer wait.
/// </summary>
internal sealed class ViewCache
{
    private readonly Lock _making = new();
    private volatile Made? _last;

    // Chunks of full tail chunks, under the lock. Entries below a view's count are never touched again.
    private ViewChunk[] _shared = [];
    private int _sharedCount;
    private int _fullChunkCount;
    private Schema? _schema;
    private long _sealedEnd;

    /// <param name="head">What the view shows.</param>
    /// <param name="visibleUpTo">Read before the head was: everything of the stream up to there is in the head.</param>
    public StreamView Open(StreamHead head, LogPosition visibleUpTo)
    {
        LogPosition position = head.Position > visibleUpTo ? head.Position : visibleUpTo;
        Made? made = _last;
        if (made is null || !ReferenceEquals(made.Head, head))
        {
            lock (_making)
                made = _last is { } last && ReferenceEquals(last.Head, head) ? last : Make(head);
        }

        return new StreamView(head.Description, position, made.Chunks, made.Groups);
    }

    private Made Make(StreamHead head)
    {
        if (_last is { } newer && newer.Head.Position > head.Position)
        {
            // Another reader was quicker with a newer head: what is shared has moved on, so this view stands for itself.
            return new Made(head, new ChunkList([], 0, ChunksFrom(head, 0)));
        }

        if (!ReferenceEquals(_schema, head.Schema.Schema) || _sealedEnd != head.SealedEnd)
        {
            _schema = head.Schema.Schema;
            _sealedEnd = head.SealedEnd;
            _shared = [];
            _sharedCount = 0;
            _fullChunkCount = 0;
        }

        // All but the last chunk take no more rows; they are complete as far as the head reaches beyond them.
        ReadOnlySpan<TailChunk> chunks = head.Chunks.Span;
        while (_fullChunkCount + 1 < chunks.Length && chunks[_fullChunkCount + 1].FirstOffset <= head.EndOffset)
        {
            TailChunk full = chunks[_fullChunkCount];
            foreach (ViewChunk chunk in full.View(_schema, SealedRows(full, head), (int)(chunks[++_fullChunkCount].FirstOffset - full.FirstOffset)))
                Share(chunk);
        }

        return _last = new Made(head, new ChunkList(_shared, _sharedCount, ChunksFrom(head, _fullChunkCount)));
    }

    private static ViewChunk[] ChunksFrom(StreamHead head, int first)
    {
        List<ViewChunk> made = [];
        ReadOnlySpan<TailChunk> chunks = head.Chunks.Span;
        for (int i = first; i < chunks.Length; i++)
        {
            long end = i + 1 < chunks.Length ? Math.Min(chunks[i + 1].FirstOffset, head.EndOffset) : head.EndOffset;
            if (end > chunks[i].FirstOffset)
                made.AddRange(chunks[i].View(head.Schema.Schema, SealedRows(chunks[i], head), (int)(end - chunks[i].FirstOffset)));
        }

        return [.. made];
    }

    /// <summary>The first rows of a chunk that stand in a segment as well.</summary>
    private static int SealedRows(TailChunk chunk, StreamHead head) => (int)Math.Max(0, head.SealedEnd - chunk.FirstOffset);

    private void Share(ViewChunk chunk)
    {
        if (_sharedCount == _shared.Length)
            Array.Resize(ref _shared, Math.Max(4, 2 * _sharedCount));
        _shared[_sharedCount++] = chunk;
    }

    /// <summary>Blocks of chunks that many views share keep what they found out; those of a stream's last chunk, made anew for each view, go with it.</summary>
    private sealed class Made(StreamHead head, ChunkList chunks)
    {
        private static readonly ConditionalWeakTable<ViewChunk, TailBlock> Known = [];

        private readonly Lazy<IReadOnlyList<ScanGroup>> _groups = new(() => chunks.Count == 0
            ? []
            : [new TailGroup([.. chunks.Select(chunk => Known.GetValue(chunk, static c => new TailBlock(c)))])]);

        public StreamHead Head { get; } = head;

        public ChunkList Chunks { get; } = chunks;

        public IReadOnlyList<ScanGroup> Groups => _groups.Value;
    }
}
