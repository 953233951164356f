using Varve.Backup;
using Varve.Backup.Journal;
using Varve.Server.Configuration;

namespace Varve.Server.Backups;

/// <summary>What is due with one repository, and when. Each job by one thread at a time; any thread asks.</summary>
/// <param name="location">As the configuration names it.</param>
/// <param name="shipping">Where the log is shipped to this repository.</param>
/// <param name="backups">Do the work.</param>
/// <param name="ledger">Knows how it went.</param>
/// <param name="settings">Say how often.</param>
/// <param name="time">Says what is due.</param>
internal sealed class RepositorySchedule(
    string location, LogShipping? shipping, NodeBackups backups, BackupLedger ledger, VarveServerOptions.BackupSection settings, TimeProvider time)
{
    /// <summary>A drill that failed is held again so soon, to see whether that lasts.</summary>
    private static readonly TimeSpan DrillAgainAfter = TimeSpan.FromHours(1);

    private volatile bool _isPruneDue;

    public string Location => location;

    public LogShipping? Shipping => shipping;

    /// <summary>Null: nothing is set for it, or what it needs is not there yet. A moment that has passed: now.</summary>
    public DateTimeOffset? NextDue(BackupJob job)
    {
        DateTimeOffset now = time.GetUtcNow();
        return job switch
        {
            BackupJob.Snapshot when settings.Every > TimeSpan.Zero => NextSnapshot(now),
            BackupJob.Prune when settings.Every > TimeSpan.Zero && settings.Keep.Length > 0 => _isPruneDue ? now : NextSnapshot(now),
            BackupJob.Archive when shipping is not null => ledger.Of(location, job).Last is { } last ? last.StartedAt + settings.Archive : now,
            BackupJob.Drill when settings.DrillEvery > TimeSpan.Zero && backups.KnownNewest(location) is not null =>
                ledger.Of(location, job).Last is { } last ? last.StartedAt + DrillWait(last) : now,
            _ => null,
        };
    }

    /// <summary>Takes a snapshot where one is due, and prunes behind it. A pruning that could not be done is tried again the next time.</summary>
    public async Task SnapshotIfDueAsync(CancellationToken cancellationToken)
    {
        await backups.NewestAsync(location, cancellationToken);
        if (NextDue(BackupJob.Snapshot) is { } due && due <= time.GetUtcNow())
        {
            await backups.CreateAsync(location, isAsked: false, [], 0, null, cancellationToken);
            _isPruneDue = settings.Keep.Length > 0;
        }

        if (_isPruneDue && KeepRules.TryParse(settings.Keep, out KeepRules rules))
        {
            await backups.PruneAsync(location, rules, [], isTrial: false, cancellationToken);
            _isPruneDue = false;
        }
    }

    /// <summary>Holds a drill where one is due and there is a snapshot.</summary>
    public async Task DrillIfDueAsync(CancellationToken cancellationToken)
    {
        await backups.NewestAsync(location, cancellationToken);
        if (NextDue(BackupJob.Drill) is { } due && due <= time.GetUtcNow())
            await backups.DrillAsync(location, cancellationToken);
    }

    /// <summary>The archive behind a gap is of no use before there is a snapshot to go on from.</summary>
    private DateTimeOffset NextSnapshot(DateTimeOffset now) =>
        backups.KnownNewest(location) is { } newest && shipping?.GapUpTo is null ? newest.TakenAt + settings.Every : now;

    private TimeSpan DrillWait(JobOutcome last) =>
        last.Error is null || settings.DrillEvery < DrillAgainAfter ? settings.DrillEvery : DrillAgainAfter;
}
