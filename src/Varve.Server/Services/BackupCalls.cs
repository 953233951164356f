using Google.Protobuf.WellKnownTypes;
using Varve.Backup;
using Varve.Protocol.V1;
using Varve.Rpc.Server;
using Varve.Server.Backups;

namespace Varve.Server.Services;

/// <summary>The calls of varve.v1.Admin that are about backups. Stateless: any number at once.</summary>
internal sealed class BackupCalls(NodeBackups backups) : IService
{
    public void Map(GrpcServer server) => server.AddUnary<CreateSnapshotRequest, CreateSnapshotResponse>(
        AdminReflection.Descriptor.Services.Single(s => s.Name == "Admin").FindMethodByName("CreateSnapshot"), CreateAsync);

    private async Task<CreateSnapshotResponse> CreateAsync(CreateSnapshotRequest request, ServerCall call)
    {
        SnapshotResult result = await backups.CreateAsync(request.Repository, call.Cancelled);
        return new CreateSnapshotResponse { Snapshot = Describe(result.Snapshot), Problems = { result.Problems }, Healed = result.HealedCount };
    }

    private static Snapshot Describe(SnapshotDescription snapshot) => new()
    {
        Id = snapshot.Id,
        NodeId = snapshot.NodeId.ToString(),
        TakenAt = Timestamp.FromDateTimeOffset(snapshot.TakenAt),
        Position = snapshot.Position,
        StreamCount = snapshot.StreamCount,
        RowCount = snapshot.RowCount,
        SegmentCount = snapshot.SegmentCount,
        Bytes = snapshot.Bytes,
        AddedBytes = snapshot.AddedBytes,
    };
}
