using Varve.Storage.Records;
using Varve.Storage.Segments;
using Varve.Storage.Streams;

namespace Varve.Storage.Sequencing;

/// <summary>The oldest rows of a tail, which stand in a segment now and leave the tail.</summary>
internal sealed class PendingSeal(StreamState stream, SegmentInfo segment) : PendingSegmentChange(stream)
{
    protected override SegmentList? TryChange(StagedStream staged) =>
        staged.Segments.Seal(segment, staged.EndOffset, staged.Schema.Schema.Fields.Count, out SegmentList changed) is null ? changed : null;

    protected override LogRecord Record(long streamId, long timeMicros) => new SealRecord(streamId, timeMicros, segment);
}
