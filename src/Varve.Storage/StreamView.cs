using Varve.Storage.Views;

namespace Varve.Storage;

/// <summary>
/// What was visible of a stream at one moment. Immutable: rows appended later, columns added later and a drop of the stream change nothing
/// in it. Any thread may read it; its memory lives as long as the view does.
/// </summary>
public sealed class StreamView
{
    internal StreamView(StreamDescription stream, LogPosition position, IReadOnlyList<ViewChunk> chunks, IReadOnlyList<ScanGroup> groups)
    {
        Stream = stream;
        Position = position;
        Chunks = chunks;
        Groups = groups;
    }

    public StreamDescription Stream { get; }

    public long FirstOffset => Stream.FirstOffset;

    /// <summary>Exclusive.</summary>
    public long EndOffset => Stream.EndOffset;

    /// <summary>The view holds exactly the rows of this stream whose entries stand at or below this position.</summary>
    public LogPosition Position { get; }

    /// <summary>The rows in the order of their offsets, without gaps: each chunk begins where the one before it ends.</summary>
    public IReadOnlyList<ViewChunk> Chunks { get; }

    /// <summary>The same rows for those who need no order: segments first, then the tail.</summary>
    public IReadOnlyList<ScanGroup> Groups { get; }

    /// <summary>The index of the chunk that holds a row of [FirstOffset, EndOffset), found by halving.</summary>
    public int ChunkIndexOf(long offset)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(offset, FirstOffset);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(offset, EndOffset);
        int low = 0;
        int high = Chunks.Count - 1;
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            if (Chunks[middle].FirstOffset <= offset)
                low = middle;
            else
                high = middle - 1;
        }

        return low;
    }

    /// <summary>
    /// The same view without the rows from an offset on. It says the position of this one, unless another is given that is known to hold exactly
    /// these rows. Where the cut goes through a segment, the blocks of that segment are its chunks.
    /// </summary>
    /// <param name="endOffset">At least <see cref="FirstOffset"/> and at most <see cref="EndOffset"/>.</param>
    /// <param name="position">Null: as it is.</param>
    public StreamView Until(long endOffset, LogPosition? position = null) => ViewCut.Until(this, endOffset, position ?? Position);

    /// <summary>The offset behind the last row whose <c>_time</c> is not after a moment; <see cref="FirstOffset"/> where there is none.</summary>
    /// <exception cref="StorageException"><see cref="StorageErrorCode.Corruption"/> where a segment is damaged.</exception>
    public long EndAt(DateTimeOffset time) => ViewCut.EndAt(this, time);
}
