using Google.Protobuf;
using Varve.Rpc.Framing;

namespace Varve.Rpc.Client;

/// <summary>The messages that a client reads in a call. One reader at a time, which may run beside the writer of the requests.</summary>
public sealed class ResponseStream<T>
    where T : class, IMessage<T>, new()
{
    private readonly Exchange _exchange;

    internal ResponseStream(Exchange exchange) => _exchange = exchange;

    /// <summary>The next message; null after the last, where the call ended with OK.</summary>
    /// <exception cref="RpcException">The call ended with another status.</exception>
    public async ValueTask<T?> ReadAsync() => (await _exchange.ReadAsync(MessageDecoder<T>.Decode)).Message;

    /// <summary>The next message by a decoder of the caller's, which sees the bytes where they lie.</summary>
    /// <exception cref="RpcException">The call ended with a status other than OK.</exception>
    public ValueTask<FrameRead<TValue>> ReadAsync<TValue>(FrameDecoder<TValue> decode) => _exchange.ReadAsync(decode);

    /// <summary>All messages to the end.</summary>
    /// <exception cref="RpcException">The call ended with a status other than OK.</exception>
    public async IAsyncEnumerable<T> ReadAllAsync()
    {
        while (await ReadAsync() is { } message)
            yield return message;
    }
}
