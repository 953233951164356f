using Microsoft.Extensions.Logging;
using Varve.Backup;
using Varve.Backup.Repositories;
using Varve.Server.Configuration;
using Varve.Storage;

namespace Varve.Server.Backups;

/// <summary>Takes snapshots of the daemon's node, one at a time. Any thread.</summary>
internal sealed class NodeBackups(StorageEngine engine, VarveServerOptions options, TimeProvider time, ILogger logger) : IDisposable
{
    private readonly SemaphoreSlim _running = new(1);

    /// <summary>Of snapshots, archive and restores together; null: there is none.</summary>
    private readonly RateLimit? _limit = options.Backup.BytesPerSecondMax > 0 ? new RateLimit(options.Backup.BytesPerSecondMax, time) : null;

    /// <summary>
    /// Throws <see cref="BackupException"/> with <see cref="BackupErrorCode.NotFound"/> for a repository that is not in the configuration: a caller does
    /// not choose what the daemon writes to.
    /// </summary>
    /// <param name="repository">As the configuration names it; empty: the first one.</param>
    /// <param name="bytesPerSecondMax">Slower than the configuration says; 0: as it says.</param>
    /// <param name="progress">Told now and then.</param>
    /// <param name="cancellationToken">Ends the copying; nothing is left that counts.</param>
    public async Task<SnapshotResult> CreateAsync(
        string repository, long bytesPerSecondMax, IProgress<BackupProgress>? progress, CancellationToken cancellationToken)
    {
        string location = Find(repository);
        await _running.WaitAsync(cancellationToken);
        try
        {
            await using SnapshotRepository snapshots = await OpenAsync(location, bytesPerSecondMax, cancellationToken);
            SnapshotResult result = await snapshots.CreateAsync(engine, null, progress, cancellationToken);
            logger.LogInformation(
                "Snapshot {Snapshot} of position {Position} is in {Repository}: {Added} bytes were added",
                result.Snapshot.Id, result.Snapshot.Position, location, result.Snapshot.AddedBytes);
            foreach (string problem in result.Problems)
                logger.LogError("The repository {Repository} was damaged: {Problem}", location, problem);
            return result;
        }
        finally
        {
            _running.Release();
        }
    }

    /// <summary>Brings a stream of a snapshot into the node; by default of a snapshot of this node.</summary>
    /// <inheritdoc cref="CreateAsync"/>
    public async Task<StreamRestoreResult> RestoreAsync(
        string repository,
        StreamRestoreOptions restore,
        long bytesPerSecondMax,
        IProgress<BackupProgress>? progress,
        CancellationToken cancellationToken)
    {
        string location = Find(repository);
        await using SnapshotRepository snapshots = await OpenAsync(location, bytesPerSecondMax, cancellationToken, makes: false);
        StreamRestoreResult result = await snapshots.RestoreStreamAsync(
            engine, restore with { NodeId = engine.NodeId }, progress, cancellationToken);
        logger.LogInformation(
            "Stream '{Stream}' is restored as '{Name}' of snapshot {Snapshot} at position {Position}, from {Repository}: {Rows} rows",
            restore.Stream, result.Stream.Name, result.SnapshotId, result.Position, location, result.Stream.RowCount);
        return result;
    }

    /// <summary>Opens a repository of the configuration.</summary>
    public Task<SnapshotRepository> OpenAsync(string location, CancellationToken cancellationToken) => OpenAsync(location, 0, cancellationToken);

    /// <summary>When the newest snapshot of this node was taken; null where there is none.</summary>
    public async Task<DateTimeOffset?> NewestAsync(string location, CancellationToken cancellationToken)
    {
        await using SnapshotRepository snapshots = await OpenAsync(location, cancellationToken);
        return (await snapshots.ListAsync(cancellationToken)).LastOrDefault(s => s.NodeId == engine.NodeId)?.TakenAt;
    }

    public async Task PruneAsync(string location, KeepRules rules, CancellationToken cancellationToken)
    {
        await using SnapshotRepository snapshots = await OpenAsync(location, cancellationToken);
        PruneResult result = await snapshots.PruneAsync(rules, [], isTrial: false, cancellationToken);
        logger.LogInformation(
            "Pruned {Repository}: {Removed} snapshots and {Bytes} bytes went, {Kept} snapshots stay",
            location, result.Removed.Count, result.Bytes, result.Kept.Count);
    }

    public void Dispose() => _running.Dispose();

    private async Task<SnapshotRepository> OpenAsync(string location, long bytesPerSecondMax, CancellationToken cancellationToken, bool makes = true)
    {
        IRepository repository = await RepositoryLocation.OpenAsync(location, cancellationToken);
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
