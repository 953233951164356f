using Varve.Backup.Snapshots;
using Varve.Storage.FileSystem;
using Varve.Storage.Recovery;

namespace Varve.Backup.Reading;

/// <summary>A directory on this machine whose segments lie in a repository. Thread-safe.</summary>
/// <param name="inner">Where all else is.</param>
/// <param name="segmentsPath">The directory of the segments.</param>
/// <param name="segments">Those of the snapshot.</param>
/// <param name="open">Opens one of them under a path, for reading.</param>
internal sealed class SnapshotFileSystem(
    IFileSystem inner, string segmentsPath, IEnumerable<SegmentPieces> segments, Func<string, SegmentPieces, IFile> open) : IFileSystem
{
    private readonly SortedDictionary<string, SegmentPieces> _segments =
        new(segments.ToDictionary(s => SegmentDirectory.NameOf(s.Id), StringComparer.Ordinal), StringComparer.Ordinal);

    public void CreateDirectory(string path) => inner.CreateDirectory(path);

    public bool DirectoryExists(string path) => inner.DirectoryExists(path);

    public bool FileExists(string path) => Find(path) is not null || inner.FileExists(path);

    public IReadOnlyList<string> ListFiles(string directory) =>
        directory == segmentsPath ? [.. _segments.Keys] : inner.ListFiles(directory);

    public IReadOnlyList<(string Name, long LengthBytes)> ListLengths(string directory) =>
        directory == segmentsPath ? [.. _segments.Select(s => (s.Key, s.Value.FileBytes))] : inner.ListLengths(directory);

    public IFile Create(string path) => inner.Create(path);

    public IFile Open(string path) => inner.Open(path);

    public IFile? OpenDirect(string path) => inner.OpenDirect(path);

    public IFile OpenRead(string path) => Find(path) is { } segment ? open(path, segment) : inner.OpenRead(path);

    public void Rename(string from, string to) => inner.Rename(from, to);

    public bool TryLink(string from, string to) => inner.TryLink(from, to);

    /// <summary>A segment of the repository stays there, whatever happens to the copy of the catalog here.</summary>
    public void Delete(string path, IFile? reader = null)
    {
        if (Find(path) is null)
            inner.Delete(path, reader);
    }

    public void EndDeletes(string directory) => inner.EndDeletes(directory);

    public void SyncDirectory(string path) => inner.SyncDirectory(path);

    public IDisposable? TryLock(string path) => inner.TryLock(path);

    private SegmentPieces? Find(string path) =>
        Path.GetDirectoryName(path) == segmentsPath ? _segments.GetValueOrDefault(Path.GetFileName(path)) : null;
}
