using Varve.Arrow;
using Varve.Storage.Keys;
using Varve.Storage.Sequencing;
using Varve.Storage.Streams;

namespace Varve.Storage.Segments.Sealing;

/// <summary>Writes neighbouring segments anew as one. For one thread.</summary>
internal sealed class Compactor(SegmentMaker maker, SegmentFiles files, SegmentChanges changes, Func<long, StreamKey> keyOf)
{
    /// <summary>Null when the segments are no longer those of the choice.</summary>
    /// <param name="stream">Whose segments they are.</param>
    /// <param name="run">Neighbours, in the order of their offsets.</param>
    /// <param name="pause">Called often meanwhile, for more urgent work on the same thread; what it throws ends the work.</param>
    /// <exception cref="DamagedSegmentException">One of the segments cannot be read.</exception>
    /// <exception cref="IOException">The new file could not be written. All is as it was.</exception>
    /// <exception cref="StorageException">The node stops.</exception>
    public SegmentInfo? Run(StreamState stream, IReadOnlyList<SegmentInfo> run, Action pause)
    {
        StreamHead head = stream.Head;
        if (head.IsDropped)
            return null;
        Schema schema = head.Schema.Schema;
        MergeSource source = new([.. run.Select(info => new SegmentRows(info, files.Of(info, schema), schema))]) { Pause = pause };
        int[] clusterBy = head.Settings.ClusterColumns;
        long rawBytes = run.Sum(info => info.RawBytes);
        SegmentDraft draft = new(stream.Id, keyOf(stream.Id), rawBytes, clusterBy);
        SegmentInfo merged = maker.Make(changes.TakeId(), ClusteredRows.Of(source, clusterBy, rawBytes), draft);

        SegmentOutcome outcome = maker.Tell(merged, changes.ReplaceAsync(stream, [.. run.Select(info => info.Id)], [merged]));
        if (outcome == SegmentOutcome.Done)
            return merged;
        maker.Discard(merged);
        return null;
    }
}
