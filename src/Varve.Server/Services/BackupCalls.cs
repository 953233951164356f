using Google.Protobuf;
using Google.Protobuf.Reflection;
using Varve.Backup;
using Varve.Protocol.V1;
using Varve.Rpc.Server;
using Varve.Server.Backups;
using Varve.Server.Errors;

namespace Varve.Server.Services;

/// <summary>The calls of varve.v1.Admin that are about backups. Stateless: any number at once.</summary>
internal sealed class BackupCalls(NodeBackups backups) : IService
{
    private static readonly ServiceDescriptor Admin = AdminReflection.Descriptor.Services.Single(s => s.Name == "Admin");

    public void Map(GrpcServer server)
    {
        server.AddServerStreaming<CreateSnapshotRequest>(Admin.FindMethodByName("CreateSnapshot"), CreateAsync);
        server.AddServerStreaming<RestoreStreamRequest>(Admin.FindMethodByName("RestoreStream"), RestoreAsync);
        Add<ListSnapshotsRequest, ListSnapshotsResponse>(server, "ListSnapshots", ListAsync);
        Add<GetSnapshotRequest, GetSnapshotResponse>(server, "GetSnapshot", GetAsync);
        Add<VerifySnapshotsRequest, VerifySnapshotsResponse>(server, "VerifySnapshots", VerifyAsync);
        Add<PruneSnapshotsRequest, PruneSnapshotsResponse>(server, "PruneSnapshots", PruneAsync);
        Add<DrillSnapshotRequest, DrillSnapshotResponse>(server, "DrillSnapshot", DrillAsync);
    }

    private static void Add<TRequest, TResponse>(GrpcServer server, string method, Func<TRequest, ServerCall, Task<TResponse>> answer)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new() => server.AddUnary(Admin.FindMethodByName(method), answer);

    private async Task CreateAsync(CreateSnapshotRequest request, ServerCall call)
    {
        SnapshotResult result = await ProgressCall.RunAsync(
            call,
            progress => new CreateSnapshotResponse { Progress = progress },
            progress => backups.CreateAsync(request.Repository, isAsked: true, request.Streams, request.BytesPerSecondMax, progress, call.Cancelled));
        await call.WriteAsync(new CreateSnapshotResponse
        {
            Created = new CreatedSnapshot { Snapshot = BackupText.Describe(result.Snapshot), Problems = { result.Problems }, Healed = result.HealedCount },
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
            Time = request.MomentCase == RestoreStreamRequest.MomentOneofCase.Time ? BackupText.Moment(request) : null,
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

    private async Task<ListSnapshotsResponse> ListAsync(ListSnapshotsRequest request, ServerCall call)
    {
        IReadOnlyList<SnapshotDescription> snapshots = await backups.ListAsync(request.Repository, call.Cancelled);
        return new ListSnapshotsResponse { Snapshots = { snapshots.Select(BackupText.Describe) } };
    }

    private async Task<GetSnapshotResponse> GetAsync(GetSnapshotRequest request, ServerCall call)
    {
        IReadOnlyList<SnapshotDescription> snapshots = await backups.ListAsync(request.Repository, call.Cancelled);
        SnapshotDescription found = snapshots.FirstOrDefault(s => s.Id == request.Id)
            ?? throw new BackupException(BackupErrorCode.NotFound, $"the repository has no snapshot '{request.Id}'");
        return new GetSnapshotResponse { Snapshot = BackupText.Describe(found) };
    }

    private async Task<VerifySnapshotsResponse> VerifyAsync(VerifySnapshotsRequest request, ServerCall call)
    {
        VerifyReport report = await backups.VerifyAsync(request.Repository, request.Full, call.Cancelled);
        return new VerifySnapshotsResponse
        {
            Snapshots = report.SnapshotCount,
            Objects = report.ObjectCount,
            Opened = report.OpenedCount,
            DecodedSegments = report.DecodedSegmentCount,
            Problems = { report.Problems },
        };
    }

    private async Task<PruneSnapshotsResponse> PruneAsync(PruneSnapshotsRequest request, ServerCall call)
    {
        KeepRules? rules = null;
        if (request.Keep.Length > 0 && !KeepRules.TryParse(request.Keep, out rules))
            throw ErrorMapper.InvalidRequest($"cannot prune: keep is '{request.Keep}', expected {KeepRules.Allowed}");
        if (rules is null && request.Snapshots.Count == 0)
            throw ErrorMapper.InvalidRequest("cannot prune: the request says neither which snapshots stay (keep) nor which go (snapshots)");
        PruneResult result = await backups.PruneAsync(request.Repository, rules, [.. request.Snapshots], request.DryRun, call.Cancelled);
        return new PruneSnapshotsResponse
        {
            Removed = { result.Removed },
            Kept = { result.Kept },
            Objects = result.ObjectCount,
            Bytes = result.Bytes,
        };
    }

    private async Task<DrillSnapshotResponse> DrillAsync(DrillSnapshotRequest request, ServerCall call) =>
        BackupText.Describe(await backups.DrillAsync(request.Repository, call.Cancelled));
}
