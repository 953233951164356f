using Varve.Storage.Catalog;
using Varve.Storage.FileSystem;
using Varve.Storage.Keys;

namespace Varve.Storage.Recovery;

/// <summary>
/// The data directory of a node, held by a lock: <c>lock</c>, <c>node</c> (who the node is), <c>log/</c> and
/// <c>segments/</c>. The node file is written last when a
/// node is made, so where it stands, a log must stand too. Used by one thread, while an engine opens and closes.
/// </summary>
internal sealed class DataDirectory : IDisposable
{
    public const string SegmentsName = "segments";
    public const string LogName = "log";

    private readonly IFileSystem _fileSystem;
    private readonly DirectoryLock _lock;

    private DataDirectory(IFileSystem fileSystem, string path, DirectoryLock held)
    {
        _fileSystem = fileSystem;
        Path = path;
        _lock = held;
    }

    public string Path { get; }

    public string SegmentsPath => System.IO.Path.Combine(Path, SegmentsName);

    public string LogPath => System.IO.Path.Combine(Path, LogName);

    /// <summary>Creates the directory where needed and locks it. Throws <see cref="StorageErrorCode.DirectoryLocked"/>.</summary>
    public static DataDirectory Open(IFileSystem fileSystem, string path)
    {
        path = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path));
        if (!fileSystem.DirectoryExists(path))
        {
            fileSystem.CreateDirectory(path);
            if (System.IO.Path.GetDirectoryName(path) is { } parent)
                fileSystem.SyncDirectory(parent);
        }

        return new DataDirectory(fileSystem, path, DirectoryLock.Take(fileSystem, path));
    }

    /// <summary>The node's identity; null in a directory where no node was finished being made.</summary>
    public NodeFile? ReadNode()
    {
        NodeFile? node = NodeFile.Read(_fileSystem, Path);
        if (node is not null && (!_fileSystem.DirectoryExists(LogPath) || _fileSystem.ListFiles(LogPath).Count == 0))
            throw new StorageException(StorageErrorCode.Corruption,
                $"{Path} belongs to node {node.NodeId}, but its log {LogPath} is missing; put it back or restore the directory");
        return node;
    }

    /// <summary>The node's keys. They are made, and durable, before anything else of a node is.</summary>
    public Task<Keyring> OpenKeyringAsync(KeyOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        bool holdsData = new[] { NodeFile.FileName, CheckpointFile.FileName }.Any(f => _fileSystem.FileExists(System.IO.Path.Combine(Path, f)))
            || new[] { LogPath, SegmentsPath }.Any(d => _fileSystem.DirectoryExists(d) && _fileSystem.ListFiles(d).Count > 0);
        return KeyringOpening.OpenAsync(_fileSystem, Path, holdsData, options, time, cancellationToken);
    }

    /// <summary>A directory without a node file can be made one of a node only where its log is empty.</summary>
    public void RequireNewLog(long entryCount)
    {
        if (entryCount > 0)
            throw new StorageException(StorageErrorCode.Corruption,
                $"{LogPath} holds {entryCount} entries, but the node file beside it is missing. Nothing was changed; put it back or restore the directory");
    }

    /// <summary>Makes a node of a directory whose log is empty.</summary>
    public NodeFile MakeNode(TimeProvider time)
    {
        NodeFile node = new(Guid.NewGuid(), (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);
        node.Write(_fileSystem, Path);
        return node;
    }

    public void Dispose() => _lock.Dispose();
}
