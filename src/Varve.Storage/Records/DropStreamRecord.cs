namespace Varve.Storage.Records;

/// <param name="StreamId">The stream that goes.</param>
/// <param name="TimeMicros">When the change was accepted.</param>
internal sealed record DropStreamRecord(long StreamId, long TimeMicros) : LogRecord(StreamId, TimeMicros);
