namespace Varve.Storage.FileSystem;

/// <summary>
/// The lock on a data directory: one process, one engine at a time. The kernel gives it back when the process ends, however it ends, so a
/// file that is left behind means nothing.
/// </summary>
internal sealed class DirectoryLock : IDisposable
{
    public const string FileName = "lock";

    private readonly IDisposable _lock;

    private DirectoryLock(IDisposable held) => _lock = held;

    /// <summary>Throws <see cref="StorageErrorCode.DirectoryLocked"/> where another holds it.</summary>
    public static DirectoryLock Take(IFileSystem fileSystem, string directory)
    {
        string path = Path.Combine(directory, FileName);
        IDisposable? held = fileSystem.TryLock(path);
        return held is not null
            ? new DirectoryLock(held)
            : throw new StorageException(
                StorageErrorCode.DirectoryLocked,
                $"the data directory {directory} is in use by another process (it holds {path}); stop that process or choose another directory");
    }

    public void Dispose() => _lock.Dispose();
}
