using Varve.Storage.Keys;
using Varve.Storage.Sequencing;
using Varve.Storage.Streams;
using Varve.Storage.Views;

namespace Varve.Storage.Segments.Sealing;

/// <summary>Moves rows from a tail into a segment. For one thread.</summary>
internal sealed class Sealer(SegmentMaker maker, SegmentFiles files, SegmentChanges changes, Func<long, StreamKey> keyOf)
{
    /// <summary>
    /// Seals the oldest rows of a tail. Null when there was nothing left to seal: the stream was dropped, or its rows are sealed.
    /// </summary>
    /// <exception cref="IOException">The file could not be written. The tail is as it was.</exception>
    /// <exception cref="StorageException">The node stops.</exception>
    public SegmentInfo? Seal(SealChoice choice)
    {
        StreamState stream = choice.Tail.Stream;
        StreamHead head = stream.Head;
        List<ViewChunk> chunks = head.IsDropped ? [] : Choose(ViewCache.TailOf(head), choice);
        if (chunks.Count == 0)
            return null;
        TailSource tail = new(head.Schema.Schema, chunks);
        long rawBytes = tail.MeasureRawBytes();
        int[] clusterBy = head.Settings.ClusterColumns;
        SegmentDraft draft = new(stream.Id, keyOf(stream.Id), rawBytes, clusterBy);
        SegmentInfo segment = maker.Make(changes.TakeId(), ClusteredRows.Of(tail, clusterBy, rawBytes), draft);

        SegmentOutcome outcome = maker.Tell(segment, changes.SealAsync(stream, segment));
        if (outcome == SegmentOutcome.Done)
        {
            stream.Views.Refresh(stream.Head, files);
            return segment;
        }

        maker.Discard(segment);
        return null;
    }

    private static List<ViewChunk> Choose(IReadOnlyList<ViewChunk> tail, SealChoice choice)
    {
        long end = choice.TakesAll ? choice.Tail.EndOffset : choice.Tail.FullEndOffset;
        List<ViewChunk> chosen = [];
        long rows = 0;
        foreach (ViewChunk chunk in tail)
        {
            if (chunk.FirstOffset + chunk.RowCount > end || (chosen.Count > 0 && rows + chunk.RowCount > choice.RowsMax))
                break;
            chosen.Add(chunk);
            rows += chunk.RowCount;
        }

        return chosen;
    }
}
