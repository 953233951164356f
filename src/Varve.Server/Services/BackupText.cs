using Google.Protobuf.WellKnownTypes;
using Varve.Backup;
using Varve.Protocol.V1;
using Varve.Server.Backups;
using Varve.Server.Errors;

namespace Varve.Server.Services;

/// <summary>Snapshots, drills and the state of backups, as clients get them. Stateless.</summary>
internal static class BackupText
{
    public static Snapshot Describe(SnapshotDescription snapshot) => snapshot.Damage is { } damage
        ? new Snapshot { Id = snapshot.Id, Damage = damage }
        : new Snapshot
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
            OnlyStreams = { snapshot.OnlyStreams },
        };

    /// <summary>The time to restore to. One that protobuf does not allow is refused: clients can send any two numbers as a time.</summary>
    public static DateTimeOffset Moment(RestoreStreamRequest request)
    {
        try
        {
            return request.Time.ToDateTimeOffset();
        }
        catch (InvalidOperationException)
        {
            throw ErrorMapper.InvalidRequest(
                $"cannot restore: the time is {request.Time.Seconds} s and {request.Time.Nanos} ns since 1970, "
                + "expected one of the years 1 to 9999, with 0 to 999999999 ns",
                request.Stream);
        }
    }

    public static DrillSnapshotResponse Describe(DrillReport report) => new()
    {
        Snapshot = report.SnapshotId,
        TakenAt = Timestamp.FromDateTimeOffset(report.TakenAt),
        Position = report.Position,
        Bytes = report.Bytes,
        Duration = Duration.FromTimeSpan(report.Duration),
        Streams =
        {
            report.Streams.Select(s => new Protocol.V1.DrilledStream
            {
                Name = s.Name,
                FirstOffset = s.FirstOffset,
                EndOffset = s.EndOffset,
                Hash = s.Hash,
                ComparedRows = s.ComparedRowCount,
                Note = s.Note ?? "",
                Problem = s.Problem ?? "",
            }),
        },
        Notes = { report.Notes },
        Problems = { report.Problems },
    };

    public static RepositoryStatus Describe(RepositoryReport report)
    {
        var status = new RepositoryStatus
        {
            Repository = report.Location,
            Every = Set(report.Settings.Every),
            Keep = report.Settings.Keep,
            Archive = report.Lag is null ? null : Set(report.Settings.Archive),
            DrillEvery = Set(report.Settings.DrillEvery),
            Jobs = { report.Jobs.Select(Describe) },
        };
        if (report.Lag is not { } lag)
            return status;
        status.Lag = new Protocol.V1.ArchiveLag { Bytes = lag.Bytes, Age = Duration.FromTimeSpan(lag.Age), Alarm = lag.IsAlarm };
        if (lag.ArchivedUpTo is { } archived)
            status.Lag.ArchivedUpTo = archived;
        if (lag.PositionCount is { } count)
            status.Lag.Positions = count;
        return status;
    }

    private static BackupJobStatus Describe(JobReport job) => new()
    {
        Kind = (BackupJobKind)job.Job,
        Running = job.State.IsRunning,
        LastStarted = Shown(job.State.Last?.StartedAt),
        LastDuration = job.State.Last is { } last ? Duration.FromTimeSpan(last.Duration) : null,
        Error = job.Error ?? "",
        LastSuccess = Shown(job.State.Last?.LastSuccessAt),
        Bytes = job.State.Last?.Bytes ?? 0,
        Runs = job.State.RunCount,
        Failures = job.State.FailureCount,
        NextDue = Shown(job.NextDue),
    };

    private static Timestamp? Shown(DateTimeOffset? time) => time is { } at ? Timestamp.FromDateTimeOffset(at) : null;

    private static Duration? Set(TimeSpan value) => value > TimeSpan.Zero ? Duration.FromTimeSpan(value) : null;
}
