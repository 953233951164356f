using Google.Protobuf;

namespace Varve.Rpc.Framing;

/// <summary>The decoder of a generated message type, made once per type.</summary>
internal static class MessageDecoder<T>
    where T : IMessage<T>, new()
{
    private static readonly MessageParser<T> Parser = new(static () => new T());

    public static readonly FrameDecoder<T> Decode = static bytes => Parser.ParseFrom(bytes);
}
