using Varve.Storage.FileSystem;

namespace Varve.Storage.Tests.FileSystem;

/// <summary>The real file system, but that it refuses some calls for some files. Any thread.</summary>
/// <param name="errorOf">The errno for a call, such as "open", and a path; null lets it pass.</param>
internal sealed class RefusingFileSystem(Func<string, string, int?> errorOf) : IFileSystem
{
    private readonly LinuxFileSystem _inner = LinuxFileSystem.Instance;

    /// <summary>A disk on which no segment can be made.</summary>
    public static RefusingFileSystem OfSegments(int error = Errno.InputOutput) =>
        new((call, path) => call == "create" && path.Contains(".seg", StringComparison.Ordinal) ? error : null);

    public void CreateDirectory(string path) => _inner.CreateDirectory(path);

    public bool DirectoryExists(string path) => _inner.DirectoryExists(path);

    public bool FileExists(string path) => _inner.FileExists(path);

    public IReadOnlyList<string> ListFiles(string directory) => _inner.ListFiles(directory);

    public IReadOnlyList<(string Name, long LengthBytes)> ListLengths(string directory) => _inner.ListLengths(directory);

    public IFile Create(string path)
    {
        Judge("create", path);
        return _inner.Create(path);
    }

    public IFile Open(string path)
    {
        Judge("open", path);
        return _inner.Open(path);
    }

    public IFile? OpenDirect(string path) => _inner.OpenDirect(path);

    public IFile OpenRead(string path)
    {
        Judge("open", path);
        return _inner.OpenRead(path);
    }

    public void Rename(string from, string to)
    {
        Judge("rename", from);
        _inner.Rename(from, to);
    }

    public bool TryLink(string from, string to)
    {
        Judge("link", from);
        return _inner.TryLink(from, to);
    }

    public void Delete(string path, IFile? reader = null)
    {
        Judge("unlink", path);
        _inner.Delete(path, reader);
    }

    public void EndDeletes(string directory) => _inner.EndDeletes(directory);

    public void SyncDirectory(string path)
    {
        Judge("fsync", path);
        _inner.SyncDirectory(path);
    }

    public IDisposable? TryLock(string path) => _inner.TryLock(path);

    private void Judge(string call, string path)
    {
        if (errorOf(call, path) is { } error)
            throw Errno.Exception(error, call, path);
    }
}
