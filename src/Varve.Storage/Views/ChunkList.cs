using System.Collections;

namespace Varve.Storage.Views;

/// <summary>
/// The chunks of a view: those of segments, made when they are looked at, then those of the tail. Immutable for its reader; any thread.
/// </summary>
internal sealed class ChunkList(SegmentChunks segments, TailChunks tail) : IReadOnlyList<ViewChunk>
{
    private readonly OrderedSlot _slot = new();

    public int Count => segments.Count + tail.Count;

    public ViewChunk this[int index] => (uint)index < (uint)segments.Count ? segments.Chunk(index, _slot) : tail[index - segments.Count];

    public IEnumerator<ViewChunk> GetEnumerator()
    {
        for (int i = 0; i < Count; i++)
            yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
