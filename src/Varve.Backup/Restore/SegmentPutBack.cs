using Varve.Backup.Sealing;
using Varve.Backup.Snapshots;
using Varve.Storage.FileSystem;
using Varve.Storage.Log;
using Varve.Storage.Recovery;

namespace Varve.Backup.Restore;

/// <summary>
/// Puts files of segments, of a data directory that no engine has open, in the place of damaged ones, from snapshots of the same node. One thread.
/// </summary>
internal sealed class SegmentPutBack(SealedRepository repository, Inventory inventory, string directory)
{
    /// <summary>Added to the name of a file that was damaged. It is never deleted.</summary>
    public const string DamagedSuffix = ".damaged";

    private static readonly LinuxFileSystem Files = LinuxFileSystem.Instance;

    private string SegmentsPath => Path.Combine(directory, DataDirectory.SegmentsName);

    /// <summary>Returns those of the files that another has taken the place of; the others no snapshot holds, and they are as they were.</summary>
    public async Task<IReadOnlyList<string>> RunAsync(IEnumerable<string> damaged, CancellationToken cancellationToken)
    {
        using DirectoryLock held = DirectoryLock.Take(Files, directory);
        using IFile control = Files.OpenRead(Path.Combine(directory, DataDirectory.LogName, ControlFile.FileName));
        Guid history = ControlFile.Read(control).Header.LogId;
        SnapshotManifest[] ours = [.. inventory.Snapshots.Where(s => s.HistoryId == history).Reverse()];
        List<string> putBack = [];
        foreach (string file in damaged.Distinct(StringComparer.Ordinal))
        {
            // Ids of segments are never given twice in one history.
            (SnapshotManifest Manifest, SegmentPieces? Pieces) source = ours
                .Select(m => (m, m.Segments.FirstOrDefault(s => SegmentDirectory.NameOf(s.Id) == Path.GetFileName(file))))
                .FirstOrDefault(s => s.Item2 is not null);
            if (source.Pieces is null)
                continue;
            await PutBackAsync(file, source.Manifest, source.Pieces, cancellationToken).ConfigureAwait(false);
            putBack.Add(file);
        }

        return putBack;
    }

    private async Task PutBackAsync(string file, SnapshotManifest manifest, SegmentPieces pieces, CancellationToken cancellationToken)
    {
        bool isThere = Files.FileExists(file);
        if (isThere)
            Files.Rename(file, file + DamagedSuffix);
        try
        {
            SnapshotData data = new(repository, manifest);
            await new SegmentFetch(data, bytes => repository.NameOf(bytes), SegmentsPath, null, pieces.FileBytes)
                .RunAsync([pieces], cancellationToken).ConfigureAwait(false);
        }
        catch when (isThere)
        {
            Files.Rename(file + DamagedSuffix, file);
            throw;
        }
    }
}
