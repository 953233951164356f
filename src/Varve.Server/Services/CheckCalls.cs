using System.Threading.Channels;
using Varve.Protocol.V1;
using Varve.Rpc.Server;
using Varve.Storage;
using Varve.Storage.Checking;
using Found = Varve.Storage.Checking.Damage;

namespace Varve.Server.Services;

/// <summary>The call of varve.v1.Admin that verifies the disk. Stateless: any number at once.</summary>
internal sealed class CheckCalls(StorageEngine engine) : IService
{
    public void Map(GrpcServer server) => server.AddServerStreaming<CheckRequest>(
        AdminReflection.Descriptor.Services.Single(s => s.Name == "Admin").FindMethodByName("Check"), (_, call) => CheckAsync(call));

    public static Protocol.V1.Damage ToWire(Found damage)
    {
        var wire = new Protocol.V1.Damage
        {
            File = damage.File,
            Stream = damage.Stream ?? "",
            Column = damage.Column ?? "",
            Page = damage.Page ?? "",
            Message = damage.Message,
        };
        if (damage.FirstOffset is { } first)
            wire.FirstOffset = first;
        if (damage.EndOffset is { } end)
            wire.EndOffset = end;
        return wire;
    }

    private async Task CheckAsync(ServerCall call)
    {
        var found = Channel.CreateUnbounded<Found>(new UnboundedChannelOptions { SingleReader = true });
        Task<CheckReport> checking = RunAsync();
        await foreach (Found damage in found.Reader.ReadAllAsync(CancellationToken.None))
            await call.WriteAsync(new CheckResponse { Damage = ToWire(damage) });
        CheckReport report = await checking;
        await call.WriteAsync(new CheckResponse
        {
            Summary = new CheckSummary
            {
                Files = report.FileCount,
                Bytes = report.ByteCount,
                LogEntries = report.LogEntryCount,
                Segments = report.SegmentCount,
                Damage = report.Damage.Count,
            },
        });

        async Task<CheckReport> RunAsync()
        {
            try
            {
                return await engine.CheckAsync(damage => found.Writer.TryWrite(damage), call.Cancelled);
            }
            finally
            {
                found.Writer.Complete();
            }
        }
    }
}
