using Google.Protobuf;

namespace Varve.Rpc.Framing;

/// <summary>
/// The decoder of a generated message type, made once per type. Unknown fields are dropped: nothing is passed on to others, and keeping them would
/// let a message take far more memory than it has bytes.
/// </summary>
internal static class MessageDecoder<T>
    where T : IMessage<T>, new()
{
    private static readonly MessageParser<T> Parser = new MessageParser<T>(static () => new T()).WithDiscardUnknownFields(true);

    public static readonly FrameDecoder<T> Decode = static bytes => Parser.ParseFrom(bytes);

    public static readonly MessageCost Cost = MessageCost.Of(new T().Descriptor);
}
