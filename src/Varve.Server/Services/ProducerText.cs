using Google.Protobuf.WellKnownTypes;
using Varve.Protocol.V1;
using Varve.Storage;
using Engine = Varve.Storage;

namespace Varve.Server.Services;

/// <summary>Producers and the answers to appends between the engine and the messages of varve.v1.</summary>
internal static class ProducerText
{
    public static Engine.ProducerSequence? Parse(Protocol.V1.ProducerSequence? producer) =>
        producer is null ? null : new Engine.ProducerSequence(producer.ProducerId, producer.Epoch, producer.Sequence);

    public static Producer Describe(ProducerDescription producer) => new()
    {
        Name = producer.Session.Name,
        Id = producer.Session.Id,
        Epoch = producer.Session.Epoch,
        NextSequence = producer.Session.NextSequence,
        LastUsedAt = Timestamp.FromDateTimeOffset(producer.LastUsedAt),
    };

    public static AppendResponse Describe(ulong requestId, AppendResult result) => new()
    {
        RequestId = requestId,
        Stream = result.Stream,
        FirstOffset = result.FirstOffset,
        RowCount = result.RowCount,
        Position = result.Position.Value,
        Durability = (Protocol.V1.Durability)result.Durability,
        Duplicate = result.IsDuplicate,
    };
}
