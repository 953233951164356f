namespace Varve.Storage.Tests.FileSystem;

/// <summary>Names and what they stand for, in the cache and on the disk, and the changes in between. Guarded by the file system's lock.</summary>
internal sealed class SimulatedDirectory
{
    private readonly List<IReadOnlyList<(string Name, SimulatedInode? Inode)>> _unsynced = [];
    private Dictionary<string, SimulatedInode> _cache = [];
    private Dictionary<string, SimulatedInode> _disk = [];

    public IEnumerable<string> Names => _cache.Keys;

    public SimulatedInode? Find(string name) => _cache.GetValueOrDefault(name);

    public bool Holds(SimulatedInode inode) => _cache.ContainsValue(inode);

    /// <summary>Changes names at once; null takes one away.</summary>
    public void Change(IReadOnlyList<(string Name, SimulatedInode? Inode)> change)
    {
        Carry(_cache, change);
        _unsynced.Add(change);
    }

    public void Sync()
    {
        foreach (IReadOnlyList<(string, SimulatedInode?)> change in _unsynced)
            Carry(_disk, change);
        _unsynced.Clear();
    }

    /// <summary>What is on the disk after a power cut: what was synced, and each later change by chance.</summary>
    public SimulatedDirectory AfterPowerCut(Random? random, Func<SimulatedInode, SimulatedInode> survivor)
    {
        var names = new Dictionary<string, SimulatedInode>(_disk);
        foreach (IReadOnlyList<(string, SimulatedInode?)> change in _unsynced.Where(_ => random?.Next(2) == 0))
            Carry(names, change);
        Dictionary<string, SimulatedInode> survivors = names.ToDictionary(pair => pair.Key, pair => survivor(pair.Value));
        return new SimulatedDirectory { _cache = survivors, _disk = new Dictionary<string, SimulatedInode>(survivors) };
    }

    private static void Carry(Dictionary<string, SimulatedInode> names, IReadOnlyList<(string Name, SimulatedInode? Inode)> change)
    {
        foreach ((string name, SimulatedInode? inode) in change)
        {
            if (inode is null)
                names.Remove(name);
            else
                names[name] = inode;
        }
    }
}
