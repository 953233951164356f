using System.Collections;

namespace Varve.Storage.Views;

/// <summary>
/// The chunks of one view: the first of a list that only grows and that views share, then this view's own last ones. Immutable for its reader.
/// </summary>
internal sealed class ChunkList(ViewChunk[] shared, int sharedCount, ViewChunk[] own) : IReadOnlyList<ViewChunk>
{
    public int Count => sharedCount + own.Length;

    public ViewChunk this[int index] => (uint)index < (uint)sharedCount ? shared[index] : own[index - sharedCount];

    public IEnumerator<ViewChunk> GetEnumerator()
    {
        for (int i = 0; i < Count; i++)
            yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
