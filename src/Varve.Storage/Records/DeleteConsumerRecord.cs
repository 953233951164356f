namespace Varve.Storage.Records;

/// <summary>A consumer goes, with its progress.</summary>
/// <param name="StreamId">Its stream.</param>
/// <param name="TimeMicros">When.</param>
/// <param name="ConsumerId">The consumer.</param>
internal sealed record DeleteConsumerRecord(long StreamId, long TimeMicros, long ConsumerId) : ConsumerRecord(StreamId, TimeMicros, ConsumerId);
