using Varve.Backup.Snapshots;

namespace Varve.Backup.Restore;

/// <summary>Which snapshot a restore begins with. Without state.</summary>
internal static class SnapshotChoice
{
    /// <summary>Throws <see cref="BackupErrorCode.NotFound"/> where none fits, <see cref="BackupErrorCode.Damaged"/> where the one asked for is.</summary>
    public static SnapshotManifest Of(Inventory inventory, RestoreOptions options, string repository)
    {
        if (options.SnapshotId is { } id)
        {
            if (inventory.Damaged.TryGetValue(id, out string? damage))
                throw new BackupException(BackupErrorCode.Damaged, $"snapshot {id} cannot be read: {damage}");
            return inventory.Snapshots.FirstOrDefault(s => s.Id == id)
                ?? throw new BackupException(BackupErrorCode.NotFound, $"the repository {repository} has no snapshot {id}");
        }

        return inventory.Snapshots.Where(s => (options.Position is not { } position || s.Position.Value <= position)
                && (options.Time is not { } time || s.TakenAt <= time)).MaxBy(s => s.Id, StringComparer.Ordinal)
            ?? throw new BackupException(
                BackupErrorCode.NotFound,
                $"the repository {repository} has no snapshot"
                + (options.Position is { } p ? $" at or before position {p}" : options.Time is { } t ? $" at or before {t:O}" : ""));
    }
}
