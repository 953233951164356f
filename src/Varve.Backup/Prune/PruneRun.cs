using Varve.Backup.Archive;
using Varve.Backup.Repositories;
using Varve.Backup.Sealing;
using Varve.Backup.Snapshots;

namespace Varve.Backup.Prune;

/// <summary>
/// Takes snapshots away, and the pieces that no other needs. What cuts it off leaves pieces that nothing needs, which the next one takes. Used once, by one
/// thread.
/// </summary>
internal sealed class PruneRun(SealedRepository repository, TimeProvider time)
{
    /// <param name="rules">Which stay of each history's snapshots of the whole node; null: all but those that are named.</param>
    /// <param name="named">Those that go in any case, damaged ones too.</param>
    /// <param name="isTrial">Whether it only says what would go.</param>
    /// <param name="cancellationToken">Ends it between two objects.</param>
    public async Task<PruneResult> RunAsync(KeepRules? rules, IReadOnlyList<string> named, bool isTrial, CancellationToken cancellationToken)
    {
        await using RepositoryLock held = await RepositoryLock.TakeToRemoveAsync(repository, time, cancellationToken).ConfigureAwait(false);
        Inventory inventory = await Inventory.ReadAsync(repository, cancellationToken).ConfigureAwait(false);
        foreach (string id in named.Where(n => !inventory.Damaged.ContainsKey(n) && inventory.Snapshots.All(s => s.Id != n)))
            throw new BackupException(BackupErrorCode.NotFound, $"the repository {repository.Description} has no snapshot {id}");
        if (inventory.Damaged.Keys.FirstOrDefault(d => !named.Contains(d)) is { } damaged)
        {
            throw new BackupException(
                BackupErrorCode.Damaged,
                $"nothing was pruned: snapshot {damaged} cannot be read, so nobody knows what it needs. Put its object back, or name it to be removed");
        }

        HashSet<string> going = [.. named];
        foreach (IGrouping<Guid, SnapshotManifest> ours in inventory.Snapshots.Where(s => s.IsWhole && !going.Contains(s.Id)).GroupBy(s => s.HistoryId).ToArray())
        {
            IReadOnlySet<DateTimeOffset>? kept = rules?.Kept(ours.Select(s => s.TakenAt));
            going.UnionWith(ours.Where(s => kept?.Contains(s.TakenAt) == false).Select(s => s.Id));
        }

        SnapshotManifest[] staying = [.. inventory.Snapshots.Where(s => !going.Contains(s.Id))];
        if (!isTrial && going.Count > 0)
            await RemoveAsync(inventory, staying, going, held, cancellationToken).ConfigureAwait(false);
        HashSet<string> needed = [.. staying.SelectMany(s => s.Objects).Select(o => o.Name)];
        foreach (Guid historyId in inventory.Snapshots.Select(s => s.HistoryId).Distinct())
            await PruneArchiveAsync(historyId, [.. staying.Where(s => s.IsWhole && s.HistoryId == historyId)], needed, isTrial, held, cancellationToken)
                .ConfigureAwait(false);
        (int count, long bytes) = await SweepAsync(needed, isTrial, held, cancellationToken).ConfigureAwait(false);
        return new PruneResult([.. going.Order(StringComparer.Ordinal)], [.. staying.Select(s => s.Id)], count, bytes);
    }

    /// <summary>First the histories know of them no more, so that nobody misses them.</summary>
    private async Task RemoveAsync(
        Inventory inventory, IReadOnlyList<SnapshotManifest> staying, IReadOnlySet<string> going, RepositoryLock held, CancellationToken cancellationToken)
    {
        foreach (Guid historyId in inventory.Snapshots.Select(s => s.HistoryId).Distinct())
        {
            HistoryStore store = new(repository, historyId);
            if (await store.ReadAsync(cancellationToken).ConfigureAwait(false) is null)
                throw new BackupException(BackupErrorCode.Damaged, "nothing was pruned: the keys of a node's snapshots are missing or damaged. See: verify");
            await store.UpdateAsync(
                h => h.SnapshotIds.Any(going.Contains) ? h with { SnapshotIds = [.. h.SnapshotIds.Where(id => staying.Any(s => s.Id == id))] } : null,
                cancellationToken).ConfigureAwait(false);
        }

        foreach (string id in going)
            await DeleteAsync(SnapshotManifest.Folder + id, held, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Of an archive goes what stands before the oldest snapshot of the whole node that stays: nothing but one of some streams begins there any more. A
    /// piece that is lost stays missed until those before and behind it go; what only it could name is of no use without it.
    /// </summary>
    private async Task PruneArchiveAsync(
        Guid historyId, IReadOnlyList<SnapshotManifest> staying, HashSet<string> needed, bool isTrial, RepositoryLock held, CancellationToken cancellationToken)
    {
        ArchiveReader archive = new(repository, historyId);
        (ArchiveRange range, long firstListed, _) = await archive.ReadRangeAsync(cancellationToken).ConfigureAwait(false);
        long oldest = staying.Select(s => s.Position.Value).DefaultIfEmpty(long.MaxValue).Min();
        long first = staying.Count == 0 ? range.Last + 1 : range.First;
        for (long number = first; number <= range.Last; number++)
        {
            (ArchivePiece? piece, _) = await archive.TryReadAsync(number, cancellationToken).ConfigureAwait(false);
            if (piece is null)
                continue;
            if (piece.LastPosition > oldest)
                needed.UnionWith(piece.Objects.Select(o => o.Name));
            if (piece.FirstPosition <= oldest + 1)
                first = piece.LastPosition > oldest ? number : number + 1;
        }

        if (isTrial || Math.Min(range.First, firstListed) >= first)
            return;
        await archive.WriteRangeAsync(range with { First = first }, cancellationToken).ConfigureAwait(false);
        for (long number = Math.Min(range.First, firstListed); number < first; number++)
            await DeleteAsync(archive.NameOf(number), held, cancellationToken).ConfigureAwait(false);
    }

    private async Task<(int Count, long Bytes)> SweepAsync(HashSet<string> needed, bool isTrial, RepositoryLock held, CancellationToken cancellationToken)
    {
        int count = 0;
        long bytes = 0;
        await foreach (RepositoryObject item in repository.Inner.ListAsync(ObjectRef.Folder, cancellationToken).ConfigureAwait(false))
        {
            if (needed.Contains(item.Name))
                continue;
            count++;
            bytes += item.LengthBytes;
            if (!isTrial)
                await DeleteAsync(item.Name, held, cancellationToken).ConfigureAwait(false);
        }

        return (count, bytes);
    }

    /// <summary>Only while nobody may think that this has ended: what is taken away could be what somebody counts on.</summary>
    private async Task DeleteAsync(string name, RepositoryLock held, CancellationToken cancellationToken)
    {
        held.EnsureHeld();
        await repository.Inner.DeleteAsync(name, cancellationToken).ConfigureAwait(false);
    }
}
