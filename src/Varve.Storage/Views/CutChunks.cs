using System.Collections;

namespace Varve.Storage.Views;

/// <summary>The chunks of a view up to an offset, the last one cut. As immutable as the view; any thread.</summary>
internal sealed class CutChunks : IReadOnlyList<ViewChunk>
{
    private readonly StreamView _view;
    private readonly int _lastRowCount;

    /// <param name="view">Whole.</param>
    /// <param name="endOffset">Below the view's end.</param>
    public CutChunks(StreamView view, long endOffset)
    {
        _view = view;
        if (endOffset == view.FirstOffset)
            return;
        int last = view.ChunkIndexOf(endOffset - 1);
        Count = last + 1;
        _lastRowCount = (int)(endOffset - view.Chunks[last].FirstOffset);
    }

    public int Count { get; }

    public ViewChunk this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
            ViewChunk chunk = _view.Chunks[index];
            return index == Count - 1 && _lastRowCount < chunk.RowCount ? new CutChunk(chunk, _lastRowCount) : chunk;
        }
    }

    public IEnumerator<ViewChunk> GetEnumerator()
    {
        for (int i = 0; i < Count; i++)
            yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
