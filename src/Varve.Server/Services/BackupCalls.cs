using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Varve.Backup;
using Varve.Protocol.V1;
using Varve.Rpc.Server;
using Varve.Server.Backups;

namespace Varve.Server.Services;

/// <summary>The calls of varve.v1.Admin that are about backups. Stateless: any number at once.</summary>
internal sealed class BackupCalls(NodeBackups backups) : IService
{
    public void Map(GrpcServer server)
    {
        ServiceDescriptor admin = AdminReflection.Descriptor.Services.Single(s => s.Name == "Admin");
        server.AddServerStreaming<CreateSnapshotRequest>(admin.FindMethodByName("CreateSnapshot"), CreateAsync);
        server.AddServerStreaming<RestoreStreamRequest>(admin.FindMethodByName("RestoreStream"), RestoreAsync);
    }

    private async Task CreateAsync(CreateSnapshotRequest request, ServerCall call)
    {
        SnapshotResult result = await ProgressCall.RunAsync(
            call,
            progress => new CreateSnapshotResponse { Progress = progress },
            progress => backups.CreateAsync(request.Repository, request.BytesPerSecondMax, progress, call.Cancelled));
        await call.WriteAsync(new CreateSnapshotResponse
        {
            Created = new CreatedSnapshot { Snapshot = Describe(result.Snapshot), Problems = { result.Problems }, Healed = result.HealedCount },
        });
    }

    private async Task RestoreAsync(RestoreStreamRequest request, ServerCall call)
    {
        StreamRestoreOptions options = new()
        {
            Stream = request.Stream,
            Name = request.Target,
            SnapshotId = request.Snapshot.Length == 0 ? null : request.Snapshot,
            Position = request.MomentCase == RestoreStreamRequest.MomentOneofCase.Position ? request.Position : null,
            Time = request.MomentCase == RestoreStreamRequest.MomentOneofCase.Time ? request.Time.ToDateTimeOffset() : null,
            EndOffset = request.HasEndOffset ? request.EndOffset : null,
        };
        StreamRestoreResult result = await ProgressCall.RunAsync(
            call,
            progress => new RestoreStreamResponse { Progress = progress },
            progress => backups.RestoreAsync(request.Repository, options, request.BytesPerSecondMax, progress, call.Cancelled));
        await call.WriteAsync(new RestoreStreamResponse
        {
            Restored = new RestoredStream
            {
                Stream = StreamText.Describe(result.Stream),
                Snapshot = result.SnapshotId,
                Position = result.Position,
                Settings = SettingsText.Describe(result.Settings),
            },
        });
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
