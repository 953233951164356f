using Varve.Storage.Streams;
using Varve.Storage.Tail;

namespace Varve.Storage.Segments.Sealing;

/// <summary>What decides whether rows of a stream's tail are to be sealed.</summary>
/// <param name="Stream">The stream.</param>
/// <param name="FirstOffset">Where the tail begins.</param>
/// <param name="EndOffset">Exclusive.</param>
/// <param name="FullEndOffset">Where those of its chunks end that take no more rows.</param>
/// <param name="Bytes">What it takes in memory.</param>
/// <param name="OldestMicros">The time of its oldest row.</param>
internal readonly record struct TailState(
    StreamState Stream, long FirstOffset, long EndOffset, long FullEndOffset, long Bytes, long OldestMicros)
{
    public long RowCount => EndOffset - FirstOffset;

    /// <summary>Null for a stream without a tail. Any thread.</summary>
    public static TailState? Of(StreamState stream) => Of(stream.Head, stream);

    public static TailState? Of(StreamHead head, StreamState stream)
    {
        if (head.IsDropped || head.EndOffset == head.SealedEnd)
            return null;
        ReadOnlySpan<TailChunk> chunks = head.Chunks.Span;
        long fullEnd = head.SealedEnd;
        for (int i = 0; i < chunks.Length; i++)
        {
            long end = i + 1 < chunks.Length ? chunks[i + 1].FirstOffset : chunks[i].FirstOffset + TailChunk.RowCountMax;
            if (end > head.EndOffset)
                break;
            fullEnd = end;
        }

        return new TailState(stream, head.SealedEnd, head.EndOffset, fullEnd, head.TailBytes, chunks[0].TimeMicrosAt(head.SealedEnd));
    }
}
