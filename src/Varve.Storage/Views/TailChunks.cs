namespace Varve.Storage.Views;

/// <summary>
/// The tail of a view: the first chunks of a list that only grows and that views share, then this view's own last ones. Immutable for its reader.
/// </summary>
internal sealed class TailChunks(ViewChunk[] shared, int sharedCount, ViewChunk[] own)
{
    public int Count => sharedCount + own.Length;

    public ViewChunk this[int index] => (uint)index < (uint)sharedCount ? shared[index] : own[index - sharedCount];
}
