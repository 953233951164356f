using Google.Protobuf;

namespace Varve.Rpc.Client;

/// <summary>One request, one response.</summary>
public sealed class UnaryCall<TResponse> : ClientCall
    where TResponse : class, IMessage<TResponse>, new()
{
    internal UnaryCall(Exchange exchange)
        : base(exchange)
    {
    }

    /// <summary>Waits for the response. To be called once.</summary>
    /// <exception cref="RpcException">The call ended with a status other than OK.</exception>
    public Task<TResponse> ResponseAsync() => ReadSingleAsync<TResponse>();
}
