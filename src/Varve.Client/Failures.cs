using Varve.Rpc;

namespace Varve.Client;

/// <summary>Turns the transport's failures into the client's one exception, and a cancelled call into what .NET expects of one.</summary>
internal static class Failures
{
    public static async ValueTask<T> Translate<T>(ValueTask<T> call, CancellationToken cancellation)
    {
        try
        {
            return await call;
        }
        catch (RpcException e)
        {
            cancellation.ThrowIfCancellationRequested();
            throw VarveException.From(e);
        }
    }

    public static async ValueTask Translate(ValueTask call, CancellationToken cancellation)
    {
        try
        {
            await call;
        }
        catch (RpcException e)
        {
            cancellation.ThrowIfCancellationRequested();
            throw VarveException.From(e);
        }
    }
}
