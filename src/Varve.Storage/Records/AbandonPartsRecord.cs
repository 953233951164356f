namespace Varve.Storage.Records;

/// <summary>
/// Says that the parts just before it are all there will ever be of their batch: the node stopped between them. Written first thing after a
/// recovery that ended inside a batch, so that an unfinished batch anywhere else is known for damage.
/// </summary>
/// <param name="StreamId">The stream of the unfinished batch.</param>
/// <param name="TimeMicros">When it was abandoned.</param>
/// <param name="FirstOffset">The first offset of the unfinished batch, which the next append to the stream gets.</param>
internal sealed record AbandonPartsRecord(long StreamId, long TimeMicros, long FirstOffset) : LogRecord(StreamId, TimeMicros);
