namespace Varve.Storage.Records;

/// <summary>Says that the oldest rows of a stream go, in whole segments.</summary>
/// <param name="StreamId">The stream.</param>
/// <param name="TimeMicros">When the change was accepted.</param>
/// <param name="FirstOffset">The oldest row that stays: where a segment begins, or the tail.</param>
internal sealed record TrimRecord(long StreamId, long TimeMicros, long FirstOffset) : LogRecord(StreamId, TimeMicros);
