using Varve.Backup.Repositories;
using Varve.Backup.Sealing;

namespace Varve.Backup.Snapshots;

/// <summary>All snapshots of a repository, those that cannot be read among them. Immutable.</summary>
/// <param name="Snapshots">In the order of their ids.</param>
/// <param name="Damaged">The ids of those that cannot be read, and why.</param>
internal sealed record Inventory(IReadOnlyList<SnapshotManifest> Snapshots, IReadOnlyDictionary<string, string> Damaged)
{
    public static async Task<Inventory> ReadAsync(SealedRepository repository, CancellationToken cancellationToken)
    {
        List<SnapshotManifest> snapshots = [];
        SortedDictionary<string, string> damaged = new(StringComparer.Ordinal);
        await foreach (RepositoryObject item in repository.Inner.ListAsync(SnapshotManifest.Folder, cancellationToken).ConfigureAwait(false))
        {
            try
            {
                byte[] content = await repository.ReadAsync(ObjectKind.Snapshot, item.Name, cancellationToken).ConfigureAwait(false);
                snapshots.Add(ManifestCodec.Read(content, item.Name));
            }
            catch (BackupException e) when (e.Code == BackupErrorCode.Damaged)
            {
                damaged[item.Name[SnapshotManifest.Folder.Length..]] = e.Message;
            }
        }

        return new Inventory(snapshots, damaged);
    }

    /// <summary>The ids of all snapshots, whether they can be read or not.</summary>
    public static async Task<IReadOnlyList<string>> ListIdsAsync(SealedRepository repository, CancellationToken cancellationToken)
    {
        List<string> ids = [];
        await foreach (RepositoryObject item in repository.Inner.ListAsync(SnapshotManifest.Folder, cancellationToken).ConfigureAwait(false))
            ids.Add(item.Name[SnapshotManifest.Folder.Length..]);
        return ids;
    }

    /// <summary>
    /// The newest readable snapshot of a whole node, of one history or (null) of any, and what is wrong with those that are newer and cannot be read.
    /// </summary>
    public static async Task<(SnapshotManifest? Newest, IReadOnlyList<string> Problems)> FindNewestAsync(
        SealedRepository repository, Guid? historyId, CancellationToken cancellationToken)
    {
        List<string> problems = [];
        foreach (string id in (await ListIdsAsync(repository, cancellationToken).ConfigureAwait(false)).Reverse())
        {
            string name = SnapshotManifest.Folder + id;
            try
            {
                byte[] content = await repository.ReadAsync(ObjectKind.Snapshot, name, cancellationToken).ConfigureAwait(false);
                SnapshotManifest found = ManifestCodec.Read(content, name);
                if (found.IsWhole && (historyId is null || found.HistoryId == historyId))
                    return (found, problems);
            }
            catch (BackupException e) when (e.Code == BackupErrorCode.Damaged)
            {
                problems.Add($"snapshot {id} cannot be read: {e.Message}");
            }
        }

        return (null, problems);
    }

    /// <summary>Every object that a readable snapshot needs, once, with the ids of those that need it.</summary>
    public Dictionary<ObjectRef, List<string>> Needed()
    {
        Dictionary<ObjectRef, List<string>> needed = [];
        foreach (SnapshotManifest snapshot in Snapshots)
            Add(needed, snapshot.Objects, snapshot.Id);
        return needed;
    }

    /// <summary>Notes that something needs objects.</summary>
    public static void Add(Dictionary<ObjectRef, List<string>> needed, IEnumerable<ObjectRef> objects, string by)
    {
        foreach (ObjectRef item in objects.Distinct())
        {
            if (!needed.TryGetValue(item, out List<string>? all))
                needed.Add(item, all = []);
            all.Add(by);
        }
    }
}
