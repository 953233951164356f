using Varve.Storage.Segments;

namespace Varve.Storage.Records;

/// <summary>Says that the rows of some neighbouring segments stand in others now, whose files are durable.</summary>
/// <param name="StreamId">The stream.</param>
/// <param name="TimeMicros">When the change was accepted.</param>
/// <param name="RemovedIds">The segments that go, in the order of their offsets.</param>
/// <param name="Added">Those that come for them, with the same offsets, in their order.</param>
internal sealed record ReplaceSegmentsRecord(long StreamId, long TimeMicros, IReadOnlyList<long> RemovedIds, IReadOnlyList<SegmentInfo> Added)
    : LogRecord(StreamId, TimeMicros);
