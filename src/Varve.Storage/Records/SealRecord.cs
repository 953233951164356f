using Varve.Storage.Segments;

namespace Varve.Storage.Records;

/// <summary>Says that the oldest rows of a stream's tail stand in a segment now, whose file is durable.</summary>
/// <param name="StreamId">The stream.</param>
/// <param name="TimeMicros">When the change was accepted.</param>
/// <param name="Segment">Its rows leave the tail.</param>
internal sealed record SealRecord(long StreamId, long TimeMicros, SegmentInfo Segment) : LogRecord(StreamId, TimeMicros);
