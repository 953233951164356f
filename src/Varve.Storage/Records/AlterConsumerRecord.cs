namespace Varve.Storage.Records;

/// <summary>A consumer gets other settings.</summary>
/// <param name="StreamId">Its stream.</param>
/// <param name="TimeMicros">When.</param>
/// <param name="ConsumerId">The consumer.</param>
/// <param name="Settings">All of them, checked.</param>
internal sealed record AlterConsumerRecord(long StreamId, long TimeMicros, long ConsumerId, ConsumerSettings Settings)
    : ConsumerRecord(StreamId, TimeMicros, ConsumerId);
