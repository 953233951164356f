using Google.Protobuf;

namespace Varve.Rpc.Client;

/// <summary>Any number of messages both ways, in any order.</summary>
public sealed class DuplexCall<TRequest, TResponse> : ClientCall
    where TRequest : class, IMessage<TRequest>
    where TResponse : class, IMessage<TResponse>, new()
{
    internal DuplexCall(Exchange exchange)
        : base(exchange)
    {
        RequestStream = new RequestStream<TRequest>(exchange);
        ResponseStream = new ResponseStream<TResponse>(exchange);
    }

    public RequestStream<TRequest> RequestStream { get; }

    public ResponseStream<TResponse> ResponseStream { get; }
}
