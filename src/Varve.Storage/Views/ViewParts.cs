using System.Runtime.CompilerServices;
using Varve.Storage.Streams;

namespace Varve.Storage.Views;

/// <summary>What all views of one head show. Immutable but for what is made with the first look; any thread.</summary>
/// <remarks>Blocks of tail chunks that many views share keep what they found out; those of a stream's last chunk, made anew for each view, go with
/// it.</remarks>
internal sealed class ViewParts
{
    private static readonly ConditionalWeakTable<ViewChunk, TailBlock> Known = [];

    private readonly SegmentChunks _segments;
    private readonly TailChunks _tail;
    private readonly ChunkList _chunks;
    private volatile ScanGroup[]? _groups;

    public ViewParts(StreamHead head, SegmentChunks segments, TailChunks tail)
    {
        Head = head;
        _segments = segments;
        _tail = tail;
        _chunks = new ChunkList(segments, tail);
    }

    public StreamHead Head { get; }

    public IReadOnlyList<ScanGroup> Groups => _groups ??= MakeGroups();

    /// <summary>The same list for all views, unless segments are to be put back into order: what that takes belongs to one view.</summary>
    public ChunkList ChunksForView() => _segments.HasOrdered ? new ChunkList(_segments, _tail) : _chunks;

    private ScanGroup[] MakeGroups()
    {
        TailBlock[] blocks = [.. Enumerable.Range(0, _tail.Count).Select(i => Known.GetValue(_tail[i], static chunk => new TailBlock(chunk)))];
        return blocks.Length == 0 ? [.. _segments.Groups] : [.. _segments.Groups, new TailGroup(blocks)];
    }
}
