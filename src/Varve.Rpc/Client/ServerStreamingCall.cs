using Google.Protobuf;

namespace Varve.Rpc.Client;

/// <summary>One request, any number of responses.</summary>
public sealed class ServerStreamingCall<TResponse> : ClientCall
    where TResponse : class, IMessage<TResponse>, new()
{
    internal ServerStreamingCall(Exchange exchange)
        : base(exchange) =>
        ResponseStream = new ResponseStream<TResponse>(exchange);

    public ResponseStream<TResponse> ResponseStream { get; }
}
