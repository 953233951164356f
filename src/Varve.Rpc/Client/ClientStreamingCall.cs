using Google.Protobuf;

namespace Varve.Rpc.Client;

/// <summary>Any number of requests, one response.</summary>
public sealed class ClientStreamingCall<TRequest, TResponse> : ClientCall
    where TRequest : class, IMessage<TRequest>
    where TResponse : class, IMessage<TResponse>, new()
{
    internal ClientStreamingCall(Exchange exchange)
        : base(exchange) =>
        RequestStream = new RequestStream<TRequest>(exchange);

    public RequestStream<TRequest> RequestStream { get; }

    /// <summary>
    /// Waits for the response; it comes when the server has read enough, usually after the requests are completed. To be called once.
    /// </summary>
    /// <exception cref="RpcException">The call ended with a status other than OK.</exception>
    public Task<TResponse> ResponseAsync() => ReadSingleAsync<TResponse>();
}
