using Varve.Storage.Records;
using Varve.Storage.Streams;

namespace Varve.Storage.Sequencing;

/// <summary>The oldest segments of a stream, which are not to be kept.</summary>
internal sealed class PendingTrim(StreamState stream, long firstOffset) : PendingSegmentChange(stream)
{
    protected override SegmentList? TryChange(StagedStream staged) =>
        staged.Segments.Trim(firstOffset, out SegmentList changed) is null ? changed : null;

    protected override LogRecord Record(long streamId, long timeMicros) => new TrimRecord(streamId, timeMicros, firstOffset);
}
