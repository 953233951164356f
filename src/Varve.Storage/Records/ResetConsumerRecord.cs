namespace Varve.Storage.Records;

/// <summary>A consumer begins anew: its next epoch starts, and what members of earlier ones acknowledge does not count.</summary>
/// <param name="StreamId">Its stream.</param>
/// <param name="TimeMicros">When.</param>
/// <param name="ConsumerId">The consumer.</param>
/// <param name="Offset">Where; null: where it is, with what it has passed.</param>
internal sealed record ResetConsumerRecord(long StreamId, long TimeMicros, long ConsumerId, long? Offset)
    : ConsumerRecord(StreamId, TimeMicros, ConsumerId);
