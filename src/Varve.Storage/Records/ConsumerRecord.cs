namespace Varve.Storage.Records;

/// <summary>A change of one consumer.</summary>
/// <param name="StreamId">Its stream.</param>
/// <param name="TimeMicros">When.</param>
/// <param name="ConsumerId">Dense from 1 over the life of the node, never used again.</param>
internal abstract record ConsumerRecord(long StreamId, long TimeMicros, long ConsumerId) : LogRecord(StreamId, TimeMicros);
