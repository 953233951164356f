using Varve.Backup.Sealing;
using Varve.Backup.Snapshots;
using Varve.Storage.Catalog;
using Varve.Storage.Keys;
using Varve.Storage.Streams;

namespace Varve.Backup.Restore;

/// <summary>Which snapshot a restore begins with: one of some streams only where it is named. One thread.</summary>
internal sealed class SnapshotChoice(SealedRepository repository, Inventory inventory, TimeProvider time)
{
    /// <summary>
    /// Throws <see cref="BackupErrorCode.NotFound"/> where none fits, or where it does not say which node is meant, <see cref="BackupErrorCode.Damaged"/>
    /// where the one asked for is.
    /// </summary>
    public async Task<SnapshotManifest> FindAsync(Moment moment, CancellationToken cancellationToken)
    {
        if (moment.SnapshotId is { } id)
            return Named(id);
        SnapshotManifest[] ofNode = [.. inventory.Snapshots.Where(s => s.IsWhole && (moment.NodeId is not { } node || s.NodeId == node))];
        RequireOneNode(ofNode);
        SnapshotManifest[] candidates = [.. ofNode
            .Where(s => (moment.Position is not { } position || s.Position.Value <= position) && (moment.Time is not { } at || s.TakenAt <= at))
            .OrderByDescending(s => s.TakenAt)];
        foreach (SnapshotManifest candidate in candidates)
        {
            if (moment.End is not { } end || await EndOfAsync(candidate, end.Stream, cancellationToken).ConfigureAwait(false) <= end.Offset)
                return candidate;
        }

        IReadOnlyDictionary<string, string> damaged = inventory.Damaged;
        throw new BackupException(
            damaged.Count == 0 ? BackupErrorCode.NotFound : BackupErrorCode.Damaged,
            $"the repository {repository.Description} has no snapshot{(inventory.Snapshots.All(s => s.IsWhole) ? "" : " of the whole node")}"
            + (moment.NodeId is { } wanted ? $" of node {wanted}" : "")
            + (moment.Position is { } p ? $" at or before position {p}" : moment.Time is { } t ? $" at or before {t:O}" : "")
            + (moment.End is { } e ? $" in which stream '{e.Stream}' ends at or before offset {e.Offset}" : "")
            + (damaged.Count == 0 ? "" : $" that can be read: {string.Join("; ", damaged.Values)}"));
    }

    private SnapshotManifest Named(string id)
    {
        if (inventory.Damaged.TryGetValue(id, out string? damage))
            throw new BackupException(BackupErrorCode.Damaged, $"snapshot {id} cannot be read: {damage}");
        return inventory.Snapshots.FirstOrDefault(s => s.Id == id)
            ?? throw new BackupException(BackupErrorCode.NotFound, $"the repository {repository.Description} has no snapshot {id}");
    }

    /// <summary>The newest snapshot of all would be that of some node.</summary>
    private void RequireOneNode(SnapshotManifest[] snapshots)
    {
        IGrouping<Guid, SnapshotManifest>[] nodes = [.. snapshots.GroupBy(s => s.NodeId)];
        if (nodes.Length < 2)
            return;
        string newest = string.Join("; ", nodes.Select(n => $"{n.Key}, the newest is {n.Max(s => s.Id)}"));
        throw new BackupException(
            BackupErrorCode.NotFound, $"the repository {repository.Description} has snapshots of {nodes.Length} nodes: say which node, or which snapshot ({newest})");
    }

    /// <summary>Where a stream ends in a snapshot; 0 where it is not there.</summary>
    private async Task<long> EndOfAsync(SnapshotManifest snapshot, string stream, CancellationToken cancellationToken)
    {
        MomentReader reader = new(repository, snapshot, new Moment(snapshot.Id, null, null, null, null));
        History history = await reader.ReadHistoryAsync(cancellationToken).ConfigureAwait(false);
        using Keyring keys = RepositoryKeyring.Open(history.Keys, time);
        CheckpointState? catalog = await reader.Data.ReadCatalogAsync(keys, cancellationToken).ConfigureAwait(false);
        return catalog?.Streams.FirstOrDefault(s => StreamName.Comparer.Equals(s.Name, stream))?.EndOffset ?? 0;
    }
}
