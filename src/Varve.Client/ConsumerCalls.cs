using Google.Protobuf;
using Google.Protobuf.Reflection;
using Varve.Protocol.V1;
using Varve.Rpc.Client;

namespace Varve.Client;

/// <summary>The calls of varve.v1.Consumers. Any thread.</summary>
internal sealed class ConsumerCalls(GrpcChannel calls, GrpcChannel rows, TimeSpan timeout)
{
    public async Task<TResponse> CallAsync<TRequest, TResponse>(string method, TRequest request, CancellationToken cancellation)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new()
    {
        CallOptions options = new() { Timeout = timeout, Cancellation = cancellation };
        return await Failures.Translate(
            new ValueTask<TResponse>(calls.CallUnaryAsync<TRequest, TResponse>(Method(method), request, options)), cancellation);
    }

    /// <summary>Null where it fails: the next try, or time, makes up for it.</summary>
    public async Task<TResponse?> TryAsync<TRequest, TResponse>(string method, TRequest request, CancellationToken cancellation)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new()
    {
        try
        {
            return await CallAsync<TRequest, TResponse>(method, request, cancellation);
        }
        catch (VarveException)
        {
            return null;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    public ServerStreamingCall<ConsumeResponse> Consume(ConsumeRequest request, CancellationToken cancellation) =>
        rows.ServerStreaming<ConsumeRequest, ConsumeResponse>(Method("Consume"), request, new CallOptions { Cancellation = cancellation });

    private static MethodDescriptor Method(string name) => VarveClient.Method(ConsumersReflection.Descriptor, name);
}
