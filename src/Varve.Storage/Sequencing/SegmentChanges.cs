using Varve.Arrow;
using Varve.Storage.Catalog;
using Varve.Storage.Keys;
using Varve.Storage.Records;
using Varve.Storage.Segments;
using Varve.Storage.Streams;
using Varve.Storage.Zones;

namespace Varve.Storage.Sequencing;

/// <summary>
/// What the sealing of tails asks of the engine: ids for new segments, and changes of streams' segments, whose files are durable by then. Every
/// change completes when it is durable and visible; that it came too late is an outcome. It throws only where the node stops. Any thread.
/// </summary>
/// <param name="sequencer">Puts the changes in order with all others.</param>
/// <param name="lastId">The highest id that a segment ever had.</param>
/// <param name="recordBytesMax">The limit on one record.</param>
/// <param name="keys">What seals the records.</param>
/// <param name="checkpointer">Is told of every change.</param>
internal sealed class SegmentChanges(Sequencer sequencer, long lastId, int recordBytesMax, Keyring keys, Checkpointer checkpointer)
{
    private long _lastId = lastId;

    /// <summary>An id that no segment of the node has or had. One that is not used is lost.</summary>
    public long TakeId() => Interlocked.Increment(ref _lastId);

    /// <summary>Moves the oldest rows of the stream's tail into the segment.</summary>
    public Task<SegmentOutcome> SealAsync(StreamState stream, SegmentInfo segment) =>
        SubmitAsync(new PendingSeal(stream, Fit(segment, RecordFormat.BodyAt)));

    /// <summary>Puts segments in the place of neighbouring ones that have the same offsets.</summary>
    public Task<SegmentOutcome> ReplaceAsync(StreamState stream, IReadOnlyList<long> removedIds, IReadOnlyList<SegmentInfo> added)
    {
        int otherBytes = RecordFormat.ReplaceHeaderBytes + (8 * removedIds.Count);
        return SubmitAsync(new PendingReplaceSegments(stream, removedIds, [.. added.Select(segment => Fit(segment, otherBytes, added.Count))]));
    }

    /// <summary>Lets the segments before an offset go, at which one begins or the tail.</summary>
    public Task<SegmentOutcome> TrimAsync(StreamState stream, long firstOffset) => SubmitAsync(new PendingTrim(stream, firstOffset));

    /// <summary>Makes a stream of rows that a backup had.</summary>
    /// <param name="id">Set aside for it, as its key was.</param>
    /// <param name="name">No other stream's.</param>
    /// <param name="schema">Its columns.</param>
    /// <param name="settings">Its settings.</param>
    /// <param name="firstOffset">The oldest row.</param>
    /// <param name="segments">All of its rows; the files are durable.</param>
    /// <exception cref="StorageException">The name is taken, or the node refuses; nothing was changed.</exception>
    public async Task<StreamDescription> RestoreAsync(
        long id, string name, Schema schema, StoredSettings settings, long firstOffset, IReadOnlyList<SegmentInfo> segments)
    {
        int otherBytes = RecordWriter.Write(new RestoreStreamRecord(new CreateStreamRecord(id, 0, name, schema) { Settings = settings }, 0, []), keys).Length;
        PendingRestore change = new(id, name, schema, settings, firstOffset, [.. segments.Select(s => Fit(s, otherBytes, segments.Count))]);
        sequencer.Submit(change);
        StreamDescription restored = await change.Result.ConfigureAwait(false);
        checkpointer.NoteChange();
        return restored;
    }

    private async Task<SegmentOutcome> SubmitAsync(PendingSegmentChange change)
    {
        sequencer.Submit(change);
        SegmentOutcome outcome = await change.Result.ConfigureAwait(false);
        if (outcome == SegmentOutcome.Done)
            checkpointer.NoteChange();
        return outcome;
    }

    /// <summary>
    /// The segment as its share of a record can hold it: without zones where they are too many, so that queries have to look into its file.
    /// </summary>
    private SegmentInfo Fit(SegmentInfo segment, int otherBytes, int shares = 1)
    {
        int room = (recordBytesMax - otherBytes) / shares;
        if (SegmentInfoCodec.Write(segment, keys).Length <= room)
            return segment;
        SegmentInfo bare = segment with { Zones = new Zone?[segment.ColumnCount] };
        return SegmentInfoCodec.Write(bare, keys).Length <= room
            ? bare
            : throw new StorageException(
                StorageErrorCode.Unsupported,
                $"{shares} segments and {otherBytes} bytes beside them do not fit into a record of {recordBytesMax} bytes");
    }
}
