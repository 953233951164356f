using Varve.Storage.FileSystem;

namespace Varve.Storage.Tests.FileSystem;

/// <summary>
/// A file system in memory whose operations fail when told to, and which knows what a power cut leaves: synced bytes and names for certain, unsynced
/// ones by chance, sector by sector. Any thread.
/// </summary>
internal sealed class FaultyFileSystem : IFileSystem
{
    private readonly Lock _gate = new();
    private readonly HashSet<string> _locked = [];
    private readonly Dictionary<string, SimulatedDirectory> _directories = [];
    private long _operations;
    private bool _cut;

    public FaultyFileSystem() => _directories[Root] = new SimulatedDirectory();

    private FaultyFileSystem(Dictionary<string, SimulatedDirectory> directories) => _directories = directories;

    /// <summary>A directory that exists from the start.</summary>
    public static string Root => "/data";

    /// <summary>Which operation fails, and how.</summary>
    public Fault? Fault { get; set; }

    /// <summary>The number of the operation at which the power is cut: it and all later ones fail.</summary>
    public long? CutAt { get; set; }

    /// <summary>The disk has no free block: what needs one fails with this errno, whatever is written where there are some succeeds. Null: it has.</summary>
    public int? FullError { get; set; }

    /// <summary>A planted bug: syncs report success and do nothing.</summary>
    public bool LiesAboutSyncs { get; set; }

    /// <summary>A planted bug: directories are never synced, files are.</summary>
    public bool ForgetsDirectorySyncs { get; set; }

    /// <summary>A planted bug: a sync that fails reports success.</summary>
    public bool SwallowsSyncErrors { get; set; }

    /// <summary>Called before every operation with its call, without the lock: a test may hold it up.</summary>
    public Action<string>? Before { get; set; }

    /// <summary>Operations so far.</summary>
    public long Operations => Interlocked.Read(ref _operations);

    /// <summary>How many of them were syncs of files.</summary>
    public long Syncs { get; private set; }

    public bool IsCut
    {
        get
        {
            lock (_gate)
                return _cut;
        }
    }

    /// <summary>
    /// Cuts the power, unless that has happened: this file system is dead from now on, and what is on the disk is returned as a new one. Without a
    /// random nothing survives that was not synced.
    /// </summary>
    public FaultyFileSystem AfterPowerCut(Random? random)
    {
        lock (_gate)
        {
            _cut = true;
            var inodes = new Dictionary<SimulatedInode, SimulatedInode>();
            SimulatedInode Survivor(SimulatedInode inode)
            {
                if (!inodes.TryGetValue(inode, out SimulatedInode? survivor))
                    inodes.Add(inode, survivor = inode.AfterPowerCut(random));
                return survivor;
            }

            return new FaultyFileSystem(_directories.ToDictionary(pair => pair.Key, pair => pair.Value.AfterPowerCut(random, Survivor))) { FullError = FullError };
        }
    }

    /// <summary>What the page cache has at this moment, as another file system; this one goes on. As if the process ended now.</summary>
    public FaultyFileSystem Copy()
    {
        lock (_gate)
        {
            var copy = new FaultyFileSystem();
            foreach ((string path, SimulatedDirectory directory) in _directories.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            {
                copy._directories[path] = new SimulatedDirectory();
                foreach (string name in directory.Names)
                {
                    var inode = new SimulatedInode();
                    byte[] content = new byte[directory.Find(name)!.Length];
                    directory.Find(name)!.Read(content, 0);
                    inode.Write(content, 0);
                    inode.Sync();
                    copy._directories[path].Change([(name, inode)]);
                }

                copy._directories[path].Sync();
            }

            return copy;
        }
    }

    /// <summary>Ends the process: this file system is dead from now on; the returned one has everything as the page cache has it.</summary>
    public FaultyFileSystem AfterKill()
    {
        lock (_gate)
        {
            _cut = true;
            return new FaultyFileSystem(_directories) { FullError = FullError };
        }
    }

    /// <summary>The content of every file of a directory, by name.</summary>
    public Dictionary<string, byte[]> Image(string directory)
    {
        lock (_gate)
        {
            return Directory(directory).Names.ToDictionary(name => name, name =>
            {
                SimulatedInode inode = Directory(directory).Find(name)!;
                var content = new byte[inode.Length];
                inode.Read(content, 0);
                return content;
            });
        }
    }

    public void SetMode(string path, UnixFileMode mode)
    {
        lock (_gate)
            Directory(ParentOf(path)).Find(Path.GetFileName(path))!.Mode = mode;
    }

    /// <summary>A file system that holds nothing but a directory with these files.</summary>
    public static FaultyFileSystem FromImage(string directory, IReadOnlyDictionary<string, byte[]> files)
    {
        var fileSystem = new FaultyFileSystem();
        fileSystem.CreateDirectory(directory);
        foreach ((string name, byte[] content) in files)
        {
            using IFile file = fileSystem.Create(Path.Combine(directory, name));
            file.Write(content, 0);
            file.Sync();
        }

        fileSystem.SyncDirectory(directory);
        return fileSystem;
    }

    public void CreateDirectory(string path)
    {
        using Operation operation = Begin("mkdir", path);
        if (!_directories.ContainsKey(ParentOf(path)))
            throw Errno.Exception(Errno.NoEntry, "mkdir", path);
        _directories.TryAdd(path, new SimulatedDirectory());
    }

    public bool DirectoryExists(string path)
    {
        lock (_gate)
            return _directories.ContainsKey(path);
    }

    public bool FileExists(string path)
    {
        lock (_gate)
            return _directories.TryGetValue(ParentOf(path), out SimulatedDirectory? directory) && directory.Find(Path.GetFileName(path)) is not null;
    }

    public IReadOnlyList<string> ListFiles(string directory)
    {
        using Operation operation = Begin("readdir", directory);
        return [.. Directory(directory).Names.Order(StringComparer.Ordinal)];
    }

    public IReadOnlyList<(string Name, long LengthBytes)> ListLengths(string directory)
    {
        using Operation operation = Begin("readdir", directory);
        return [.. Directory(directory).Names.Order(StringComparer.Ordinal).Select(name => (name, Directory(directory).Find(name)!.Length))];
    }

    public IFile Create(string path)
    {
        using Operation operation = Begin("open", path);
        SimulatedDirectory directory = Directory(ParentOf(path));
        if (directory.Find(Path.GetFileName(path)) is not null)
            throw Errno.Exception(Errno.Exists, "open", path);
        var inode = new SimulatedInode();
        directory.Change([(Path.GetFileName(path), inode)]);
        return new SimulatedFile(this, inode, path, isReadOnly: false);
    }

    public IFile Open(string path) => OpenExisting(path, isReadOnly: false);

    public IFile? OpenDirect(string path) => OpenExisting(path, isReadOnly: false, isDirect: true);

    public IFile OpenRead(string path) => OpenExisting(path, isReadOnly: true);

    public void Rename(string from, string to)
    {
        using Operation operation = Begin("rename", from);
        SimulatedDirectory directory = Directory(ParentOf(from));
        Assert.Equal(ParentOf(from), ParentOf(to));
        SimulatedInode inode = directory.Find(Path.GetFileName(from)) ?? throw Errno.Exception(Errno.NoEntry, "rename", from);
        directory.Change([(Path.GetFileName(from), null), (Path.GetFileName(to), inode)]);
    }

    public bool TryLink(string from, string to)
    {
        using Operation operation = Begin("link", from);
        SimulatedInode inode = Directory(ParentOf(from)).Find(Path.GetFileName(from)) ?? throw Errno.Exception(Errno.NoEntry, "link", from);
        SimulatedDirectory directory = Directory(ParentOf(to));
        if (directory.Find(Path.GetFileName(to)) is not null)
            return false;
        directory.Change([(Path.GetFileName(to), inode)]);
        return true;
    }

    public void Delete(string path, IFile? reader = null)
    {
        using Operation operation = Begin("unlink", path);
        SimulatedDirectory directory = Directory(ParentOf(path));
        SimulatedInode inode = directory.Find(Path.GetFileName(path)) ?? throw Errno.Exception(Errno.NoEntry, "unlink", path);
        directory.Change([(Path.GetFileName(path), null)]);
        if (reader is null && !_directories.Values.Any(d => d.Holds(inode)))
            inode.SetLength(0);
    }

    /// <summary>None is left: they are cut when they are deleted.</summary>
    public void EndDeletes(string directory)
    {
    }

    public void SyncDirectory(string path)
    {
        using Operation operation = Begin("fsync", path);
        if (!LiesAboutSyncs && !ForgetsDirectorySyncs)
            Directory(path).Sync();
    }

    public IDisposable? TryLock(string path)
    {
        using Operation operation = Begin("flock", path);
        SimulatedDirectory directory = Directory(ParentOf(path));
        if (directory.Find(Path.GetFileName(path)) is null)
            directory.Change([(Path.GetFileName(path), new SimulatedInode())]);
        return _locked.Add(path) ? new Held(this, path) : null;
    }

    /// <summary>Starts an operation: counts it, fails it if that is planned, and holds the lock until disposed.</summary>
    internal Operation Begin(string call, string path)
    {
        Before?.Invoke(call);
        _gate.Enter();
        long number = Interlocked.Increment(ref _operations);
        _cut |= number >= CutAt;
        int? error = _cut ? Errno.InputOutput : Fault?.ErrorOf(number, call);
        if (error is not { } errno)
            return new Operation(_gate);
        _gate.Exit();
        throw Errno.Exception(errno, call, path);
    }

    /// <summary>Under the lock of an operation.</summary>
    internal void RequireRoom(SimulatedInode inode, long offset, long length, string call, string path)
    {
        if (FullError is { } error && !inode.IsAllocated(offset, length))
            throw Errno.Exception(error, call, path);
    }

    internal bool Leads(string path, SimulatedInode inode)
    {
        lock (_gate)
            return _directories.TryGetValue(ParentOf(path), out SimulatedDirectory? directory) && directory.Find(Path.GetFileName(path)) == inode;
    }

    internal void Sync(SimulatedInode inode, string call, string path)
    {
        try
        {
            using Operation operation = Begin(call, path);
            Syncs++;
            if (!LiesAboutSyncs)
                inode.Sync();
        }
        catch (IOException)
        {
            bool dead;
            lock (_gate)
            {
                dead = _cut;
                if (!_cut)
                    inode.FailSync();
            }

            if (dead || !SwallowsSyncErrors)
                throw;
        }
    }

    private static string ParentOf(string path) => Path.GetDirectoryName(path)!;

    private SimulatedFile OpenExisting(string path, bool isReadOnly, bool isDirect = false)
    {
        using Operation operation = Begin("open", path);
        SimulatedInode inode = Directory(ParentOf(path)).Find(Path.GetFileName(path)) ?? throw Errno.Exception(Errno.NoEntry, "open", path);
        return new SimulatedFile(this, inode, path, isReadOnly, isDirect);
    }

    private SimulatedDirectory Directory(string path) =>
        _directories.TryGetValue(path, out SimulatedDirectory? directory) ? directory : throw Errno.Exception(Errno.NoEntry, "open", path);

    /// <summary>Holds the file system's lock for one operation.</summary>
    internal readonly struct Operation(Lock gate) : IDisposable
    {
        public void Dispose() => gate.Exit();
    }

    private sealed class Held(FaultyFileSystem owner, string path) : IDisposable
    {
        public void Dispose()
        {
            lock (owner._gate)
                owner._locked.Remove(path);
        }
    }
}
