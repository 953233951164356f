using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Varve.Backup.Pace;
using Varve.Storage.FileSystem;

namespace Varve.Backup.Repositories;

/// <summary>
/// A repository in a directory, local or mounted: a file for each object, in a subdirectory for each folder. What is written stands aside until it is
/// synced and was read back; only then it gets its name, and the directory is synced last. Any thread; any number of processes.
/// </summary>
/// <remarks>
/// No name of an object has a dot, so nothing that stands aside is taken for one. What a crash left aside is deleted by whoever writes to that folder
/// next, if he is alone: the first of the processes that have the repository open holds its lock.
/// </remarks>
public sealed class DirectoryRepository : IRepository
{
    private const string LockName = "repository.lock";
    private const int CompareBytes = 128 << 10;

    /// <summary>What this process writes aside, by path: whoever opens a repository here alone does not take that of another opening for a leftover.</summary>
    private static readonly ConcurrentDictionary<string, bool> Aside = [];

    private readonly IFileSystem _fileSystem;
    private readonly string _path;
    private readonly IDisposable? _alone;
    private readonly Func<bool> _givesWay;
    private readonly PortionWriter _writer;
    private readonly Lock _gate = new();
    private readonly HashSet<string> _folders = [];

    private DirectoryRepository(IFileSystem fileSystem, string path, IDisposable? alone, Func<bool> givesWay)
    {
        _fileSystem = fileSystem;
        _path = path;
        _alone = alone;
        _givesWay = givesWay;
        _writer = new PortionWriter(givesWay);
    }

    public string Description => _path;

    public bool GivesWay => _givesWay();

    /// <summary>Opens a directory as a repository, and makes it where it does not exist; its parent must. Throws <see cref="RepositoryException"/>.</summary>
    public static Task<DirectoryRepository> OpenAsync(string path, CancellationToken cancellationToken = default) =>
        OpenAsync(path, () => false, cancellationToken);

    /// <inheritdoc cref="OpenAsync(string, CancellationToken)"/>
    /// <param name="path">The directory.</param>
    /// <param name="givesWay">Asked again and again: while it says so, one small portion at a time is on its way to the disk, because others sync there.</param>
    /// <param name="cancellationToken">Ends the opening.</param>
    public static Task<DirectoryRepository> OpenAsync(string path, Func<bool> givesWay, CancellationToken cancellationToken = default) =>
        OpenAsync(LinuxFileSystem.Instance, path, givesWay, cancellationToken);

    public Task<bool> PutAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default)
    {
        ObjectName.Validate(name);
        return RunAsync("write", name, path => !_fileSystem.FileExists(path) && Write(path, content.Span, replaces: false), cancellationToken);
    }

    public Task ReplaceAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default)
    {
        ObjectName.Validate(name);
        return RunAsync("write", name, path => Write(path, content.Span, replaces: true), cancellationToken);
    }

    public Task<byte[]> GetAsync(string name, CancellationToken cancellationToken = default)
    {
        ObjectName.Validate(name);
        return RunAsync("read", name, Read, cancellationToken);
    }

    public Task<int> ReadAsync(string name, long offset, Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectName.Validate(name);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        return RunAsync("read", name, path => Read(path, offset, buffer.Span), cancellationToken);
    }

    public async IAsyncEnumerable<RepositoryObject> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ObjectName.ValidatePrefix(prefix);
        string folder = prefix[..prefix.IndexOf('/', StringComparison.Ordinal)];
        IReadOnlyList<(string Name, long LengthBytes)> files = await RunAsync(
            "list", folder, path => _fileSystem.DirectoryExists(path) ? _fileSystem.ListLengths(path) : [], cancellationToken).ConfigureAwait(false);
        foreach ((string leaf, long length) in files)
        {
            string name = $"{folder}/{leaf}";
            if (name.StartsWith(prefix, StringComparison.Ordinal) && !leaf.Contains('.', StringComparison.Ordinal))
                yield return new RepositoryObject(name, length);
        }
    }

    public Task<bool> DeleteAsync(string name, CancellationToken cancellationToken = default)
    {
        ObjectName.Validate(name);
        return RunAsync("delete", name, Delete, cancellationToken);
    }

    public ValueTask DisposeAsync()
    {
        _alone?.Dispose();
        return ValueTask.CompletedTask;
    }

    internal static Task<DirectoryRepository> OpenAsync(IFileSystem fileSystem, string path, CancellationToken cancellationToken) =>
        OpenAsync(fileSystem, path, () => false, cancellationToken);

    internal static async Task<DirectoryRepository> OpenAsync(
        IFileSystem fileSystem, string path, Func<bool> givesWay, CancellationToken cancellationToken)
    {
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        IDisposable? alone = await DirectoryErrors.RunAsync($"cannot open the repository {full}", givesWay(), Prepare, cancellationToken).ConfigureAwait(false);
        return new DirectoryRepository(fileSystem, full, alone, givesWay);

        IDisposable? Prepare()
        {
            if (!fileSystem.DirectoryExists(full))
                MakeDirectory(fileSystem, full);
            return fileSystem.TryLock(Path.Combine(full, LockName));
        }
    }

    private static void MakeDirectory(IFileSystem fileSystem, string path)
    {
        fileSystem.CreateDirectory(path);
        fileSystem.SyncDirectory(Path.GetDirectoryName(path)!);
    }

    private Task<T> RunAsync<T>(string what, string name, Func<string, T> action, CancellationToken cancellationToken) =>
        DirectoryErrors.RunAsync($"cannot {what} {name} in the repository {_path}", GivesWay, () => action(Path.Combine(_path, name)), cancellationToken);

    private bool Write(string path, ReadOnlySpan<byte> content, bool replaces)
    {
        string folder = Path.GetDirectoryName(path)!;
        PrepareFolder(folder);
        try
        {
            return Write(path, folder, content, replaces);
        }
        catch (IOException e) when (e.HResult == Errno.NoEntry && _fileSystem.DirectoryExists(folder))
        {
            // Another process opened the repository when nobody held its lock, and took what stood aside for a leftover. It does so once.
            return Write(path, folder, content, replaces);
        }
    }

    private bool Write(string path, string folder, ReadOnlySpan<byte> content, bool replaces)
    {
        string aside = $"{path}.{Guid.NewGuid():n}{WholeFile.AsideSuffix}";
        bool isNamed;
        Aside[aside] = true;
        try
        {
            using (IFile file = _fileSystem.Create(aside))
            {
                _writer.Write(file, content, 0);
                file.Sync();
            }

            if (!IsWritten(aside, content))
                throw new RepositoryException(RepositoryErrorCode.NotAsWritten, $"{aside} was read back with other bytes than were written to it");
            isNamed = replaces || TryName(aside, path);
            if (replaces)
                _fileSystem.Rename(aside, path);
            else if (_fileSystem.FileExists(aside))
                _fileSystem.Delete(aside);
        }
        catch (IOException)
        {
            // What failed is told; that what stands aside cannot be deleted either says nothing more.
            TryDelete(aside);
            throw;
        }
        finally
        {
            Aside.TryRemove(aside, out _);
        }

        _fileSystem.SyncDirectory(folder);
        return isNamed;
    }

    private bool TryName(string aside, string path)
    {
        try
        {
            return _fileSystem.TryLink(aside, path);
        }
        catch (IOException e) when (e.HResult is Errno.NotPermitted or Errno.NotSupported)
        {
            // A file system without second names. Of two processes that write one name at the same moment both may think that they were first.
            if (_fileSystem.FileExists(path))
                return false;
            _fileSystem.Rename(aside, path);
            return true;
        }
    }

    private void PrepareFolder(string folder)
    {
        lock (_gate)
        {
            if (_folders.Contains(folder))
                return;
            if (!_fileSystem.DirectoryExists(folder))
                MakeDirectory(_fileSystem, folder);
            if (_alone is not null)
            {
                foreach (string left in _fileSystem.ListFiles(folder).Where(name => name.EndsWith(WholeFile.AsideSuffix, StringComparison.Ordinal)))
                    Sweep(Path.Combine(folder, left));
            }

            _folders.Add(folder);
        }
    }

    private void Sweep(string left)
    {
        if (Aside.ContainsKey(left))
            return;
        try
        {
            _fileSystem.Delete(left);
        }
        catch (IOException e) when (e.HResult == Errno.NoEntry)
        {
            // It was none: another opening has written it to its end.
        }
    }

    private byte[] Read(string path)
    {
        using IFile file = _fileSystem.OpenRead(path);
        byte[] bytes = new byte[file.Length];
        int read = file.Read(bytes, 0);
        return read == bytes.Length ? bytes : bytes[..read];
    }

    private int Read(string path, long offset, Span<byte> buffer)
    {
        using IFile file = _fileSystem.OpenRead(path);
        return file.Read(buffer, offset);
    }

    /// <summary>
    /// Reads a file back, in pieces that stay in the processor's cache. A backup is read rarely: it leaves the system's memory to the node, and does with the
    /// same few pages again and again (new ones can cost the system more than all that is done with them).
    /// </summary>
    private bool IsWritten(string path, ReadOnlySpan<byte> content)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(CompareBytes);
        try
        {
            using IFile file = _fileSystem.OpenRead(path);
            long at = 0;
            for (int read; (read = file.Read(buffer.AsSpan(0, CompareBytes), at)) > 0; at += read)
            {
                if (at + read > content.Length || !content.Slice((int)at, read).SequenceEqual(buffer.AsSpan(0, read)))
                    return false;
            }

            if (content.Length > CompareBytes)
                file.ReleaseCache();
            return at == content.Length;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private bool Delete(string path)
    {
        if (!_fileSystem.FileExists(path))
            return false;
        _fileSystem.Delete(path);
        _fileSystem.SyncDirectory(Path.GetDirectoryName(path)!);
        return true;
    }

    private void TryDelete(string path)
    {
        try
        {
            if (_fileSystem.FileExists(path))
                _fileSystem.Delete(path);
        }
        catch (IOException)
        {
            // Whoever writes here next deletes it.
        }
    }
}
