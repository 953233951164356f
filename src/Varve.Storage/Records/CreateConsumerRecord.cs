using Varve.Storage.Consumers;

namespace Varve.Storage.Records;

/// <summary>A consumer comes.</summary>
/// <param name="StreamId">Its stream.</param>
/// <param name="TimeMicros">When.</param>
/// <param name="ConsumerId">One more than that of the newest.</param>
/// <param name="StartOffset">Where it begins.</param>
/// <param name="Settings">Checked.</param>
/// <param name="Name">Of no other consumer of the stream.</param>
internal sealed record CreateConsumerRecord(
    long StreamId, long TimeMicros, long ConsumerId, long StartOffset, ConsumerSettings Settings, string Name)
    : ConsumerRecord(StreamId, TimeMicros, ConsumerId)
{
    public ConsumerState ToState() => new()
    {
        Id = ConsumerId,
        StreamId = StreamId,
        Name = Name,
        Settings = Settings,
        CreatedMicros = TimeMicros,
        LastProgressMicros = TimeMicros,
        Epoch = 1,
        StartOffset = StartOffset,
        Offset = StartOffset,
    };
}
