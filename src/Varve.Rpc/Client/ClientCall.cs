using Google.Protobuf;
using Varve.Rpc.Framing;

namespace Varve.Rpc.Client;

/// <summary>What calls of all kinds have in common. Dispose ends a call that is still running: the server is told that it is cancelled.</summary>
public abstract class ClientCall : IDisposable
{
    private protected ClientCall(Exchange exchange) => Exchange = exchange;

    /// <summary>Metadata that came after the last message. Empty until the call has ended.</summary>
    public Metadata Trailers => Exchange.Trailers;

    private protected Exchange Exchange { get; }

    /// <summary>Waits for the response's headers; empty where the server sent its status at once.</summary>
    /// <exception cref="RpcException">The call ended without a message and not with OK.</exception>
    public async Task<Metadata> ResponseHeadersAsync()
    {
        await Exchange.ReceiveHeadersAsync();
        return Exchange.ResponseHeaders;
    }

    public void Dispose()
    {
        Exchange.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected async Task<T> ReadSingleAsync<T>()
        where T : class, IMessage<T>, new()
    {
        FrameRead<T> first = await Exchange.ReadAsync(MessageDecoder<T>.Decode);
        if (!first.TryGet(out T? response))
            throw new RpcException(StatusCode.Unimplemented, "the method gives exactly one response; the server sent none");
        if ((await Exchange.ReadAsync(static _ => 0)).HasMessage)
            throw new RpcException(StatusCode.Unimplemented, "the method gives exactly one response; the server sent more");
        return response;
    }
}
