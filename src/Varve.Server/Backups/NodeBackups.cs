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

    /// <summary>
    /// Throws <see cref="BackupException"/> with <see cref="BackupErrorCode.NotFound"/> for a repository that is not in the configuration: a caller does
    /// not choose what the daemon writes to.
    /// </summary>
    /// <param name="repository">As the configuration names it; empty: the first one.</param>
    /// <param name="cancellationToken">Ends the copying; nothing is left that counts.</param>
    public async Task<SnapshotResult> CreateAsync(string repository, CancellationToken cancellationToken)
    {
        string location = Find(repository);
        await _running.WaitAsync(cancellationToken);
        try
        {
            await using SnapshotRepository snapshots = await OpenAsync(location, cancellationToken);
            SnapshotResult result = await snapshots.CreateAsync(engine, null, null, cancellationToken);
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

    /// <summary>Opens a repository of the configuration.</summary>
    public async Task<SnapshotRepository> OpenAsync(string location, CancellationToken cancellationToken) => await SnapshotRepository.OpenAsync(
        await RepositoryLocation.OpenAsync(location, cancellationToken), BackupRules.KeySource(options), makes: true, time, logger, cancellationToken);

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
