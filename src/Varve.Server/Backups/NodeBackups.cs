using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Varve.Backup;
using Varve.Backup.Repositories;
using Varve.Server.Configuration;
using Varve.Storage;

namespace Varve.Server.Backups;

/// <summary>
/// What the daemon does with the repositories of its configuration, by the clock or because somebody asks. A caller does not choose what the daemon writes
/// to: for another repository every method throws <see cref="BackupException"/> with <see cref="BackupErrorCode.NotFound"/>. Any thread.
/// </summary>
internal sealed class NodeBackups(StorageEngine engine, VarveServerOptions options, BackupLedger ledger, TimeProvider time, ILogger logger) : IDisposable
{
    private readonly SemaphoreSlim _snapshotting = new(1);
    private readonly SemaphoreSlim _drilling = new(1);
    private readonly IReadOnlyDictionary<string, RepositoryGate> _gates =
        BackupRules.Repositories(options.Backup).Distinct().ToDictionary(r => r, _ => new RepositoryGate());
    private readonly ConcurrentDictionary<string, SnapshotDescription> _newest = [];
    private readonly ConcurrentDictionary<string, bool> _isLookedAt = [];

    /// <summary>Of snapshots, archive, drills and restores together; null: there is none.</summary>
    private readonly RateLimit? _limit = options.Backup.BytesPerSecondMax > 0 ? new RateLimit(options.Backup.BytesPerSecondMax, time) : null;

    /// <summary>Takes a snapshot; one at a time, others wait.</summary>
    /// <param name="repository">As the configuration names it; empty: the first one.</param>
    /// <param name="isAsked">Whether somebody asks for it; else, where a repository was once and is not now, none is made: its disk may not be mounted.</param>
    /// <param name="streams">Only these; none: the whole node. What becomes of a snapshot of some is the caller's to hear, and says nothing of the schedule.</param>
    /// <param name="bytesPerSecondMax">Slower than the configuration says; 0: as it says.</param>
    /// <param name="progress">Told now and then.</param>
    /// <param name="cancellationToken">Ends the copying; nothing is left that counts.</param>
    public async Task<SnapshotResult> CreateAsync(
        string repository,
        bool isAsked,
        IReadOnlyList<string> streams,
        long bytesPerSecondMax,
        IProgress<BackupProgress>? progress,
        CancellationToken cancellationToken)
    {
        string location = Find(repository);
        await _snapshotting.WaitAsync(cancellationToken);
        try
        {
            return await _gates[location].LongAsync(
                () => streams.Count > 0
                    ? CreateAsync()
                    : ledger.RunAsync(location, BackupJob.Snapshot, CreateAsync, r => (r.Snapshot.AddedBytes, null)),
                cancellationToken);
        }
        finally
        {
            _snapshotting.Release();
        }

        async Task<SnapshotResult> CreateAsync()
        {
            await using SnapshotRepository snapshots = await OpenAsync(location, makes: isAsked || !WasThere(location), cancellationToken, bytesPerSecondMax);
            SnapshotResult result = await snapshots.CreateAsync(engine, new SnapshotOptions { Streams = streams }, progress, cancellationToken);
            if (streams.Count == 0)
            {
                _newest[location] = result.Snapshot;
                _isLookedAt[location] = true;
            }

            logger.LogInformation(
                "Snapshot {Snapshot} of position {Position} is in {Repository}: {Added} bytes were added",
                result.Snapshot.Id, result.Snapshot.Position, location, result.Snapshot.AddedBytes);
            foreach (string problem in result.Problems)
                logger.LogError("The repository {Repository} was damaged: {Problem}", location, problem);
            return result;
        }
    }

    /// <summary>
    /// The newest snapshot of the life that this node lives now; null where there is none. The repository is asked once: this daemon alone adds to what it
    /// has of this life.
    /// </summary>
    public async Task<SnapshotDescription?> NewestAsync(string location, CancellationToken cancellationToken)
    {
        if (!_isLookedAt.ContainsKey(location))
        {
            await using SnapshotRepository snapshots = await OpenAsync(location, makes: !WasThere(location), cancellationToken);
            if (await snapshots.FindNewestAsync(engine, cancellationToken) is { } found)
                _newest.TryAdd(location, found);
            _isLookedAt[location] = true;
        }

        return KnownNewest(location);
    }

    /// <summary>The same as far as it is known; never asks.</summary>
    public SnapshotDescription? KnownNewest(string location) => _newest.GetValueOrDefault(location);

    /// <summary>All snapshots, of other nodes too, the oldest first.</summary>
    public async Task<IReadOnlyList<SnapshotDescription>> ListAsync(string repository, CancellationToken cancellationToken)
    {
        await using SnapshotRepository snapshots = await OpenAsync(Find(repository), makes: false, cancellationToken);
        return await snapshots.ListAsync(cancellationToken);
    }

    /// <summary>Looks whether the repository is whole.</summary>
    public Task<VerifyReport> VerifyAsync(string repository, bool isFull, CancellationToken cancellationToken)
    {
        string location = Find(repository);
        return _gates[location].LongAsync(VerifyAsync, cancellationToken);

        async Task<VerifyReport> VerifyAsync()
        {
            await using SnapshotRepository snapshots = await OpenAsync(location, makes: false, cancellationToken);
            return await snapshots.VerifyAsync(isFull, cancellationToken: cancellationToken);
        }
    }

    /// <summary>Brings a stream of a snapshot into the node; by default of a snapshot of this node.</summary>
    /// <param name="repository">As the configuration names it; empty: the first one.</param>
    /// <param name="restore">Which stream, of what, as what.</param>
    /// <param name="bytesPerSecondMax">Slower than the configuration says; 0: as it says.</param>
    /// <param name="progress">Told now and then.</param>
    /// <param name="cancellationToken">Ends it; nothing is left of it.</param>
    public async Task<StreamRestoreResult> RestoreAsync(
        string repository,
        StreamRestoreOptions restore,
        long bytesPerSecondMax,
        IProgress<BackupProgress>? progress,
        CancellationToken cancellationToken)
    {
        string location = Find(repository);
        StreamRestoreResult result = await _gates[location].LongAsync(RestoreAsync, cancellationToken);
        logger.LogInformation(
            "Stream '{Stream}' is restored as '{Name}' of snapshot {Snapshot} at position {Position}, from {Repository}: {Rows} rows",
            restore.Stream, result.Stream.Name, result.SnapshotId, result.Position, location, result.Stream.RowCount);
        return result;

        async Task<StreamRestoreResult> RestoreAsync()
        {
            await using SnapshotRepository snapshots = await OpenAsync(location, makes: false, cancellationToken, bytesPerSecondMax);
            return await snapshots.RestoreStreamAsync(engine, restore with { NodeId = engine.NodeId }, progress, cancellationToken);
        }
    }

    /// <summary>Removes snapshots. Waits for pieces of the log that are on their way; throws <see cref="BackupErrorCode.Busy"/> for all else.</summary>
    /// <inheritdoc cref="SnapshotRepository.PruneAsync"/>
    public Task<PruneResult> PruneAsync(
        string repository, KeepRules? rules, IReadOnlyList<string> named, bool isTrial, CancellationToken cancellationToken)
    {
        string location = Find(repository);
        return _gates[location].RemoveAsync(
            location,
            () => isTrial ? PruneAsync() : ledger.RunAsync(location, BackupJob.Prune, PruneAsync, r => (r.Bytes, null)),
            cancellationToken);

        async Task<PruneResult> PruneAsync()
        {
            await using SnapshotRepository snapshots = await OpenAsync(location, makes: false, cancellationToken);
            PruneResult result = await snapshots.PruneAsync(rules, named, isTrial, cancellationToken);
            if (isTrial)
                return result;
            if (KnownNewest(location) is { } newest && result.Removed.Contains(newest.Id))
            {
                _newest.TryRemove(location, out _);
                _isLookedAt.TryRemove(location, out _);
            }

            logger.LogInformation(
                "Pruned {Repository}: {Removed} snapshots and {Bytes} bytes went, {Kept} snapshots stay",
                location, result.Removed.Count, result.Bytes, result.Kept.Count);
            return result;
        }
    }

    /// <summary>Restores the node's newest snapshot to a scratch place and compares it with the node; one drill at a time, others wait.</summary>
    public async Task<DrillReport> DrillAsync(string repository, CancellationToken cancellationToken)
    {
        string location = Find(repository);
        await _drilling.WaitAsync(cancellationToken);
        try
        {
            return await _gates[location].LongAsync(
                () => ledger.RunAsync(location, BackupJob.Drill, DrillAsync, r => (r.Bytes, r.Problem)), cancellationToken);
        }
        finally
        {
            _drilling.Release();
        }

        async Task<DrillReport> DrillAsync()
        {
            await using SnapshotRepository snapshots = await OpenAsync(location, makes: false, cancellationToken);
            DrillReport report = await snapshots.DrillAsync(
                new DrillOptions { ScratchDirectory = BackupRules.ScratchDirectory(options), Node = engine }, cancellationToken);
            foreach (DrilledStream stream in report.Streams.Where(s => s.Problem is not null))
                logger.LogError("The drill of {Repository} failed: stream '{Stream}': {Problem}", location, stream.Name, stream.Problem);
            if (report.Problem is null)
            {
                logger.LogInformation(
                    "The drill of {Repository} went well: {Streams} streams with {Rows} rows of snapshot {Snapshot} were restored up to position {Position} "
                    + "and compared, in {Duration}",
                    location, report.Streams.Count, report.Streams.Sum(s => s.RowCount), report.SnapshotId, report.Position, report.Duration);
            }

            return report;
        }
    }

    /// <summary>For the archive: the one repository that stays open.</summary>
    /// <param name="location">One of the configuration's.</param>
    /// <param name="isUrgent">Asked again and again: whether the archive does not give way to appends.</param>
    /// <param name="cancellationToken">Ends the opening.</param>
    public Task<SnapshotRepository> OpenForArchiveAsync(string location, Func<bool> isUrgent, CancellationToken cancellationToken) =>
        OpenAsync(location, makes: !WasThere(location), cancellationToken, isUrgent: isUrgent);

    /// <summary>Runs one shipping of the log apart from prunings.</summary>
    public Task<T> ShipAsync<T>(string location, Func<Task<T>> work, CancellationToken cancellationToken) =>
        _gates[location].ShortAsync(work, cancellationToken);

    public void Dispose()
    {
        _snapshotting.Dispose();
        _drilling.Dispose();
        foreach (RepositoryGate gate in _gates.Values)
            gate.Dispose();
    }

    private bool WasThere(string location) => ledger.All.Any(j => j.Key.Repository == location && j.Value.Last?.LastSuccessAt is not null);

    private async Task<SnapshotRepository> OpenAsync(
        string location, bool makes, CancellationToken cancellationToken, long bytesPerSecondMax = 0, Func<bool>? isUrgent = null)
    {
        IRepository repository = await RepositoryLocation.OpenAsync(
            location, () => engine.IsTakingAppends && isUrgent?.Invoke() != true, cancellationToken);
        if (_limit is not null)
            repository = new LimitedRepository(repository, _limit);
        if (bytesPerSecondMax > 0)
            repository = new LimitedRepository(repository, new RateLimit(bytesPerSecondMax, time));
        return await SnapshotRepository.OpenAsync(repository, BackupRules.KeySource(options), makes, time, logger, cancellationToken);
    }

    private string Find(string repository)
    {
        IReadOnlyList<string> known = BackupRules.Repositories(options.Backup);
        if (known.Count == 0)
            throw new BackupException(BackupErrorCode.NotFound, "the daemon has no repository: set Backup:Repository and a key for it");
        return repository.Length == 0 ? known[0]
            : known.FirstOrDefault(k => RepositoryLocation.IsSame(k, repository)) ?? throw new BackupException(
                BackupErrorCode.NotFound, $"the daemon is not configured with the repository {repository}, but with {string.Join(", ", known)}");
    }
}
