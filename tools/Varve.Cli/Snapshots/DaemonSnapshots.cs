using Varve.Backup;
using Varve.Client;
using Varve.Protocol.V1;

namespace Varve.Cli.Snapshots;

/// <summary>A repository of the daemon's configuration, by way of the daemon. One thread.</summary>
internal sealed class DaemonSnapshots(VarveClient client, string repository) : SnapshotAccess
{
    public override async Task<IReadOnlyList<SnapshotDescription>> ListAsync(CancellationToken cancellation) =>
        [.. (await client.ListSnapshotsAsync(repository, cancellation)).Select(Describe)];

    public override async Task<SnapshotDescription> GetAsync(string id, CancellationToken cancellation) =>
        Describe(await client.GetSnapshotAsync(id, repository, cancellation));

    public override async Task<VerifyReport> VerifyAsync(bool isFull, IProgress<BackupProgress> progress, CancellationToken cancellation)
    {
        VerifySnapshotsResponse report = await client.VerifySnapshotsAsync(isFull, repository, cancellation);
        return new VerifyReport
        {
            SnapshotCount = (int)report.Snapshots,
            ObjectCount = (int)report.Objects,
            OpenedCount = (int)report.Opened,
            DecodedSegmentCount = (int)report.DecodedSegments,
            Problems = report.Problems,
        };
    }

    public override async Task<PruneResult> PruneAsync(string? keep, IReadOnlyList<string> named, bool isTrial, CancellationToken cancellation)
    {
        PruneSnapshotsResponse result = await client.PruneSnapshotsAsync(
            new PruneSnapshotsRequest { Repository = repository, Keep = keep ?? "", Snapshots = { named }, DryRun = isTrial }, cancellation);
        return new PruneResult(result.Removed, result.Kept, (int)result.Objects, result.Bytes);
    }

    public override async Task<DrillReport> DrillAsync(string scratch, CancellationToken cancellation)
    {
        DrillSnapshotResponse report = await client.DrillSnapshotAsync(repository, cancellation);
        return new DrillReport
        {
            SnapshotId = report.Snapshot,
            TakenAt = report.TakenAt.ToDateTimeOffset(),
            Position = report.Position,
            Bytes = report.Bytes,
            Duration = report.Duration.ToTimeSpan(),
            Streams = [.. report.Streams.Select(Describe)],
            Notes = report.Notes,
            Problems = report.Problems,
        };
    }

    public override ValueTask DisposeAsync()
    {
        client.Dispose();
        return ValueTask.CompletedTask;
    }

    private static Varve.Backup.DrilledStream Describe(Protocol.V1.DrilledStream s) => new()
    {
        Name = s.Name,
        FirstOffset = s.FirstOffset,
        EndOffset = s.EndOffset,
        Hash = s.Hash,
        ComparedRowCount = s.ComparedRows,
        Note = s.Note.Length > 0 ? s.Note : null,
        Problem = s.Problem.Length > 0 ? s.Problem : null,
    };

    /// <summary>As it is in this process.</summary>
    public static SnapshotDescription Describe(Snapshot s) => new()
    {
        Id = s.Id,
        NodeId = s.NodeId.Length > 0 ? Guid.Parse(s.NodeId) : Guid.Empty,
        TakenAt = s.TakenAt?.ToDateTimeOffset() ?? default,
        Position = s.Position,
        StreamCount = s.StreamCount,
        RowCount = s.RowCount,
        SegmentCount = (int)s.SegmentCount,
        Bytes = s.Bytes,
        AddedBytes = s.AddedBytes,
        OnlyStreams = s.OnlyStreams,
        Damage = s.Damage.Length > 0 ? s.Damage : null,
    };
}
