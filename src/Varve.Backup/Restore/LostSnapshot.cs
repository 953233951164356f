using System.Globalization;
using Varve.Backup.Sealing;
using Varve.Backup.Snapshots;

namespace Varve.Backup.Restore;

/// <summary>Whoever asks for the newest moment must not get an older one without a word, because the snapshot that has it is lost. Without state.</summary>
internal static class LostSnapshot
{
    /// <summary>
    /// Throws <see cref="BackupErrorCode.Damaged"/> where the node's history knows of a snapshot behind the one that a restore began with, which cannot be
    /// read, and the archive did not reach the time when it was taken.
    /// </summary>
    /// <param name="repository">Where it should be.</param>
    /// <param name="chosen">What the restore began with.</param>
    /// <param name="upTo">Later ones are not asked for; null: all are.</param>
    /// <param name="reachedAt">When the newest entry that was restored was accepted.</param>
    /// <param name="reached">Its position.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task RequireNoneAsync(
        SealedRepository repository,
        SnapshotManifest chosen,
        DateTimeOffset? upTo,
        DateTimeOffset reachedAt,
        long reached,
        CancellationToken cancellationToken)
    {
        History? history = await new HistoryStore(repository, chosen.HistoryId).ReadAsync(cancellationToken).ConfigureAwait(false);
        string[] later = [.. (history?.SnapshotIds ?? [])
            .Where(id => string.CompareOrdinal(id, chosen.Id) > 0 && TimeOf(id) is { } at && !(at > upTo) && at > reachedAt)];
        if (later.Length == 0)
            return;
        Inventory inventory = await Inventory.ReadAsync(repository, cancellationToken).ConfigureAwait(false);
        if (later.Where(id => inventory.Snapshots.All(s => s.Id != id)).Order(StringComparer.Ordinal).LastOrDefault() is not { } lost)
            return;
        throw new BackupException(
            BackupErrorCode.Damaged,
            $"snapshot {lost}, which has what was asked for, cannot be read: "
            + (inventory.Damaged.GetValueOrDefault(lost) ?? $"object {SnapshotManifest.Folder}{lost} is missing")
            + $". From snapshot {chosen.Id} on, the repository {repository.Description} reaches position {reached}: ask for that position, or for that "
            + "snapshot, if it will do");
    }

    private static DateTimeOffset? TimeOf(string id)
    {
        string start = id[..Math.Min(id.Length, SnapshotManifest.IdTimeFormat.Length)];
        return DateTimeOffset.TryParseExact(
            start, SnapshotManifest.IdTimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset takenAt) ? takenAt : null;
    }
}
