namespace Varve.Storage.Records;

/// <summary>The append whose batches end here, unfinished, does not count.</summary>
/// <param name="TimeMicros">When that was found.</param>
internal sealed record AbandonGroupRecord(long TimeMicros) : LogRecord(NoStream, TimeMicros);
