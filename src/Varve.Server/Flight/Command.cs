using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Varve.Protocol;
using Varve.Rpc.Framing;
using Varve.Server.Errors;

namespace Varve.Server.Flight;

/// <summary>Messages that came inside an Any, or bare in an action: what does not parse is the client's error.</summary>
internal static class Command
{
    /// <summary>What one of them may take once it is parsed; the transport knows it as bytes only.</summary>
    private const long CostMax = 64L << 20;

    /// <summary>The Any of an action's body.</summary>
    public static T Unpack<T>(ByteString bytes, string what)
        where T : class, IMessage<T>, new()
    {
        var expected = new T();
        if (!AnyMessage.TryParse(bytes, out Any? any))
        {
            throw ErrorMapper.InvalidRequest(
                $"{what}: expected a google.protobuf.Any of {expected.Descriptor.FullName} and found {bytes.Length} bytes of something else");
        }

        return any.Is(expected.Descriptor)
            ? Unpack<T>(any)
            : throw ErrorMapper.InvalidRequest($"{what}: expected {expected.Descriptor.FullName} and found {AnyMessage.TypeName(any)}");
    }

    /// <summary>An Any of that very type.</summary>
    public static T Unpack<T>(Any any)
        where T : class, IMessage<T>, new() => Parse<T>(any.Value);

    public static T Parse<T>(ByteString bytes)
        where T : class, IMessage<T>, new()
    {
        string type = new T().Descriptor.FullName;
        if (MessageCost.Of(new T().Descriptor).Measure(bytes.Span) > CostMax)
            throw ErrorMapper.InvalidRequest($"the {bytes.Length} bytes of a {type} would take more than {CostMax} bytes of memory");
        try
        {
            return new MessageParser<T>(static () => new T()).WithDiscardUnknownFields(true).ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw ErrorMapper.InvalidRequest($"{bytes.Length} bytes do not parse as {type}: {e.Message}");
        }
    }
}
