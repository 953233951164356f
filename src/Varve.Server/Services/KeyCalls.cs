using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging;
using Varve.Protocol.V1;
using Varve.Rpc.Server;
using Varve.Server.Errors;
using Varve.Storage;

namespace Varve.Server.Services;

/// <summary>The calls of varve.v1.Admin that are about keys. Stateless: any number at once.</summary>
internal sealed class KeyCalls(StorageEngine engine, ILogger logger) : IService
{
    public void Map(GrpcServer server)
    {
        ServiceDescriptor admin = AdminReflection.Descriptor.Services.Single(s => s.Name == "Admin");
        server.AddUnary<ListKeysRequest, ListKeysResponse>(admin.FindMethodByName("ListKeys"), (_, _) => Task.FromResult(List()));
        server.AddUnary<RotateKeyRequest, RotateKeyResponse>(admin.FindMethodByName("RotateKey"), RotateAsync);
    }

    private ListKeysResponse List() => new()
    {
        Keys =
        {
            engine.ListKeys().Select(k => new Key
            {
                Stream = k.Stream ?? "",
                Version = k.Version,
                CreatedAt = Timestamp.FromDateTimeOffset(k.CreatedAt),
                Current = k.IsCurrent,
                Segments = k.SegmentCount,
                InLog = k.IsInLog,
            }),
        },
    };

    private static RootKeySource? SourceOf(string keyFile)
    {
        if (keyFile.Length == 0)
            return null;
        return keyFile.Contains('\0')
            ? throw ErrorMapper.InvalidRequest("cannot rotate the root key: the name of its file has a zero character, which no file's has")
            : RootKeySource.FromFile(keyFile);
    }

    private async Task<RotateKeyResponse> RotateAsync(RotateKeyRequest request, ServerCall call)
    {
        int version;
        switch (request.KeyCase)
        {
            case RotateKeyRequest.KeyOneofCase.Root:
                await engine.RotateRootKeyAsync(SourceOf(request.Root.KeyFile), call.Cancelled);
                logger.LogInformation("The root key was rotated");
                return new RotateKeyResponse();
            case RotateKeyRequest.KeyOneofCase.Stream:
                version = await engine.RotateStreamKeyAsync(request.Stream, call.Cancelled);
                break;
            case RotateKeyRequest.KeyOneofCase.Node:
                version = await engine.RotateNodeKeyAsync(call.Cancelled);
                break;
            default:
                throw ErrorMapper.InvalidRequest("cannot rotate a key: the request does not say which (root, stream or node)", null);
        }

        string whose = request.KeyCase == RotateKeyRequest.KeyOneofCase.Node ? "the node" : $"stream '{request.Stream}'";
        logger.LogInformation("The key of {Owner} was rotated to version {Version}", whose, version);
        return new RotateKeyResponse { Version = version };
    }
}
