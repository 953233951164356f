using Microsoft.Extensions.Logging;
using Varve.Backup;
using Varve.Backup.Repositories;
using Varve.Server.Configuration;
using Varve.Storage;

namespace Varve.Server.Backups;

/// <summary>
/// Ships the log to one repository, and knows how far it is behind. Where that takes nothing while the log grows beyond its bound, the log is let go. One
/// thread at a time ships; any thread asks. Disposed after the engine.
/// </summary>
internal sealed class LogShipping(
    string location, StorageEngine engine, NodeBackups backups, BackupLedger ledger, VarveServerOptions.BackupSection settings, TimeProvider time, ILogger logger)
    : IAsyncDisposable
{
    /// <summary>
    /// A shipping that takes longer does not give way to appends any more: on a busy machine it would never catch up, and what they write is only safe from
    /// the loss of this node when it is archived.
    /// </summary>
    private static readonly TimeSpan GivesWayFor = TimeSpan.FromSeconds(5);

    private SnapshotRepository? _repository;
    private volatile LogArchive? _archive;
    private DateTimeOffset _caughtUpAt = time.GetUtcNow();
    private bool _isLetGo;
    private bool _isAlarmTold;

    public string Location => location;

    /// <summary>
    /// The position that a snapshot has to reach before the archive is of use again, because what is before is in neither; null where there is no gap.
    /// </summary>
    public long? GapUpTo => _archive?.GapUpTo is { } gap && !(backups.KnownNewest(location)?.Position >= gap) ? gap : null;

    /// <summary>Whether the archive goes before appends.</summary>
    public bool IsUrgent =>
        _archive is { } archive && archive.ArchivedUpTo < engine.VisibleUpTo.Value && time.GetUtcNow() - _caughtUpAt > settings.Archive + GivesWayFor;

    public ArchiveLag Lag
    {
        get
        {
            long visible = engine.VisibleUpTo.Value;
            if (_archive is not { } archive)
            {
                TimeSpan unknown = time.GetUtcNow() - _caughtUpAt;
                return new ArchiveLag(null, null, engine.Statistics.LogBytes, unknown, IsTooLong(unknown));
            }

            long archived = archive.ArchivedUpTo;
            if (archived >= visible)
                return new ArchiveLag(archived, 0, 0, TimeSpan.Zero, false);
            TimeSpan age = time.GetUtcNow() - _caughtUpAt;
            return new ArchiveLag(archived, visible - archived, engine.Statistics.LogEndBytes - archive.ShippedUpToBytes, age, IsTooLong(age));
        }
    }

    /// <summary>Ships what is there. Fails as the repository does; nothing is lost, the next call ships it.</summary>
    public async Task ShipAsync(CancellationToken cancellationToken)
    {
        try
        {
            await backups.ShipAsync(
                location, () => ledger.RunAsync(location, BackupJob.Archive, () => ShipOnceAsync(cancellationToken), bytes => (bytes, null)), cancellationToken);
        }
        catch (Exception e) when (e is BackupException or RepositoryException && engine.Statistics.LogBytes > settings.ArchiveLogBytesMax)
        {
            LetGo();
            throw;
        }
    }

    /// <summary>Says once when the archive falls behind further than it may, and once when it is there again.</summary>
    public void WatchLag()
    {
        ArchiveLag lag = Lag;
        if (lag.IsAlarm == _isAlarmTold)
            return;
        _isAlarmTold = lag.IsAlarm;
        if (lag.IsAlarm)
        {
            logger.LogError(
                "The archive in {Repository} is {Age} behind, more than Backup:ArchiveLagMax ({Max}): what was appended since then is lost with this node. "
                + "The last failure: {Reason}",
                location, DurationText.Show(WholeSeconds(lag.Age)), DurationText.Show(settings.ArchiveLagMax),
                ledger.Of(location, BackupJob.Archive).Last?.Error ?? "none, it is at work");
        }
        else
        {
            logger.LogInformation("The archive in {Repository} has caught up", location);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _archive?.Dispose();
        if (_repository is not null)
            await _repository.DisposeAsync();
    }

    private static TimeSpan WholeSeconds(TimeSpan value) => TimeSpan.FromSeconds(Math.Floor(value.TotalSeconds));

    private bool IsTooLong(TimeSpan age) => settings.ArchiveLagMax > TimeSpan.Zero && age > settings.ArchiveLagMax;

    private async Task<long> ShipOnceAsync(CancellationToken cancellationToken)
    {
        _repository ??= await backups.OpenForArchiveAsync(location, () => IsUrgent, cancellationToken);
        LogArchive archive = _archive ??= await _repository.OpenArchiveAsync(engine, cancellationToken);
        if (archive.GapUpTo is not null)
            await backups.NewestAsync(location, cancellationToken);
        DateTimeOffset now = time.GetUtcNow();
        long before = archive.AddedBytes;
        await archive.ShipAsync(cancellationToken);
        _caughtUpAt = now;
        _isLetGo = false;
        return archive.AddedBytes - before;
    }

    private void LetGo()
    {
        if (!_isLetGo)
        {
            logger.LogCritical(
                "The log has {Bytes} bytes, more than Backup:ArchiveLogBytesMax, because {Repository} takes none of it, and is let go: the archive has a gap "
                + "until the next snapshot",
                engine.Statistics.LogBytes, location);
        }

        _isLetGo = true;
        if (_archive is null)
            LogArchive.LetGo(engine);
        _archive?.Dispose();
        _archive = null;
    }
}
