using Varve.Cli.CommandLine;
using Varve.Storage.FileSystem;

namespace Varve.Cli.Export;

/// <summary>
/// A file that is written aside, in the same directory, and gets its name when it is whole and on the disk. Disposed before that, nothing of it is left.
/// One caller.
/// </summary>
internal sealed class OutputFile : IDisposable
{
    private readonly string _path;
    private readonly bool _replaces;
    private bool _isDone;

    /// <param name="path">The name that it is to have.</param>
    /// <param name="replaces">Whether it may replace a file of that name.</param>
    /// <exception cref="CliException">There is such a file, or no such directory.</exception>
    public OutputFile(string path, bool replaces)
    {
        _path = Path.GetFullPath(path);
        _replaces = replaces;
        string directory = Path.GetDirectoryName(_path) ?? throw new CliException($"{path} names no file");
        if (!Directory.Exists(directory))
            throw new CliException($"{path}: there is no directory {directory}");
        if (Directory.Exists(_path))
            throw new CliException($"{path} is a directory");
        if (!replaces && File.Exists(_path))
            throw Exists();
        AsidePath = Path.Combine(directory, $".{Path.GetFileName(_path)}.{Guid.NewGuid():N}.part");
    }

    /// <summary>Where it is written.</summary>
    public string AsidePath { get; }

    /// <summary>Gives it its name; durable when this returns.</summary>
    public void Commit()
    {
        using (IFile file = LinuxFileSystem.Instance.Open(AsidePath))
            file.Sync();
        if (_replaces)
            LinuxFileSystem.Instance.Rename(AsidePath, _path);
        else if (!LinuxFileSystem.Instance.TryLink(AsidePath, _path))
            throw Exists();
        else
            LinuxFileSystem.Instance.Delete(AsidePath);
        LinuxFileSystem.Instance.SyncDirectory(Path.GetDirectoryName(_path)!);
        _isDone = true;
    }

    public void Dispose()
    {
        if (!_isDone)
            File.Delete(AsidePath);
    }

    private CliException Exists() => new($"{_path} is there already; --force replaces it");
}
