using Varve.Arrow;
using Varve.Protocol.V1;
using Varve.Rpc.Server;
using Varve.Server.Append;
using Varve.Server.Errors;
using Varve.Storage;

namespace Varve.Server.Flight;

/// <summary>How a DoPut's rows get into a stream. Any thread.</summary>
internal sealed class PutAppends(AppendServices appends)
{
    /// <summary>The schema that the rows will have.</summary>
    /// <exception cref="Rpc.RpcException">The client sent none.</exception>
    public static async Task<Schema> SchemaAsync(string stream, PutReader reader, ServerCall call) =>
        await reader.ReadSchemaAsync(call.Cancelled) ?? throw ErrorMapper.InvalidRequest($"the DoPut to stream '{stream}' sent no schema", stream);

    /// <summary>Two callers may make the same stream at once: the second finds it there, and its rows are checked against it like any.</summary>
    public async Task EnsureStreamAsync(string stream, Schema schema, bool mayCreate)
    {
        if (appends.Engine.TryDescribe(stream, out _))
            return;
        if (!mayCreate)
        {
            throw ErrorMapper.Create(ErrorCode.StreamNotFound,
                $"there is no stream '{stream}', and this DoPut may not make it: create it first, or set Flight:CreateStreamOnPut", stream);
        }

        try
        {
            await appends.Engine.CreateStreamAsync(stream, schema, CancellationToken.None);
        }
        catch (StorageException e) when (e.Code == StorageErrorCode.StreamAlreadyExists)
        {
            // Made by another caller since it was looked for above.
        }
    }

    public async Task AppendAsync(PutRows rows, ServerCall call)
    {
        using var pipeline = new AppendPipeline(appends, call, rows);
        await pipeline.RunAsync();
    }
}
