using Varve.Storage.Records;
using Varve.Storage.Segments;
using Varve.Storage.Streams;

namespace Varve.Storage.Sequencing;

/// <summary>Neighbouring segments, whose rows stand in others now.</summary>
internal sealed class PendingReplaceSegments(StreamState stream, IReadOnlyList<long> removedIds, IReadOnlyList<SegmentInfo> added)
    : PendingSegmentChange(stream)
{
    protected override SegmentList? TryChange(StagedStream staged) =>
        staged.Segments.Replace(removedIds, added, staged.Schema.Schema.Fields.Count, out SegmentList changed) is null ? changed : null;

    protected override LogRecord Record(long streamId, long timeMicros) => new ReplaceSegmentsRecord(streamId, timeMicros, removedIds, added);
}
