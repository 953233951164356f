using Varve.Backup;
using Varve.Server.Configuration;

namespace Varve.Server.Backups;

/// <summary>How the backups of the node are. Any thread.</summary>
internal sealed class BackupWatch(IReadOnlyList<RepositorySchedule> schedules, BackupLedger ledger, VarveServerOptions.BackupSection settings)
{
    /// <summary>What somebody should look at, without names.</summary>
    public IReadOnlyList<string> Warnings =>
    [
        .. Status().SelectMany(r => r.Jobs).Where(j => j.Error is not null).Select(j => j.Job).Distinct()
            .Select(job => $"the last {job.ToString().ToLowerInvariant()} of a backup failed, see varve status"),
        .. schedules.Where(s => s.Shipping?.Lag.IsAlarm == true).Select(_ => "the archive of the log is too far behind, see varve status"),
    ];

    /// <summary>Of all repositories, in the order of the configuration.</summary>
    public IReadOnlyList<RepositoryReport> Status() => [.. schedules.Select(StatusOf)];

    private RepositoryReport StatusOf(RepositorySchedule schedule)
    {
        IEnumerable<(BackupJob Job, JobState State)> jobs = ledger.All.Where(j => j.Key.Repository == schedule.Location)
            .Select(j => (j.Key.Job, j.Value)).OrderBy(j => j.Job);
        return new RepositoryReport(
            schedule.Location, settings, [.. jobs.Select(j => new JobReport(j.Job, j.State, schedule.NextDue(j.Job), ErrorOf(schedule, j.Job, j.State)))],
            schedule.Shipping?.Lag);
    }

    private static string? ErrorOf(RepositorySchedule schedule, BackupJob job, JobState state) =>
        state.Last?.Error ?? (job == BackupJob.Archive && schedule.Shipping?.GapUpTo is { } gap
            ? $"the archive goes on behind position {gap} only, and there is no snapshot of that or later to go on from: take one"
            : null);
}
