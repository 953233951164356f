namespace Varve.Storage.Tests.FileSystem;

/// <summary>
/// A file's content twice: as the page cache has it, which is what readers see, and as the disk has it; and the changes in between. Guarded by the
/// file system's lock.
/// </summary>
internal sealed class SimulatedInode
{
    private const int SectorBytes = 512;

    private const int BlockBytes = 4096;

    private readonly List<Change> _unsynced = [];
    private readonly HashSet<long> _blocks = [];
    private byte[] _cache = [];
    private byte[] _disk = [];

    /// <summary>A write, or with null bytes a change of the length to <paramref name="Offset"/>.</summary>
    private sealed record Change(long Offset, byte[]? Bytes);

    public long Length => _cache.Length;

    public UnixFileMode Mode { get; set; } = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public int Read(Span<byte> buffer, long offset)
    {
        int count = (int)Math.Clamp(_cache.Length - offset, 0, buffer.Length);
        if (count > 0)
            _cache.AsSpan((int)offset, count).CopyTo(buffer);
        return count;
    }

    public void Write(ReadOnlySpan<byte> bytes, long offset)
    {
        Allocate(offset, bytes.Length);
        Apply(new Change(offset, bytes.ToArray()));
    }

    /// <summary>Whether the disk has a block for every byte of a range.</summary>
    public bool IsAllocated(long offset, long length) => BlocksOf(offset, length).All(_blocks.Contains);

    public void Allocate(long offset, long length) => _blocks.UnionWith(BlocksOf(offset, length));

    public void SetLength(long length) => Apply(new Change(length, null));

    public void Sync()
    {
        foreach (Change change in _unsynced)
            Carry(ref _disk, change);
        _unsynced.Clear();
    }

    /// <summary>What the kernel does when writing back fails: the cache keeps the bytes and forgets that the disk lacks them.</summary>
    public void FailSync() => _unsynced.Clear();

    /// <summary>What is on the disk after a power cut: what was synced, and of the rest any sectors.</summary>
    public SimulatedInode AfterPowerCut(Random? random)
    {
        byte[] content = _disk.ToArray();
        foreach (Change change in random is null ? [] : _unsynced)
        {
            if (change.Bytes is null)
            {
                if (random!.Next(2) == 0)
                    Carry(ref content, change);
                continue;
            }

            // All, nothing, or each sector by chance.
            int keep = random!.Next(3);
            for (long at = change.Offset, end = change.Offset + change.Bytes.Length, next; at < end && keep > 0; at = next)
            {
                next = Math.Min(end, (at / SectorBytes * SectorBytes) + SectorBytes);
                if (keep == 2 || random!.Next(2) == 0)
                    Carry(ref content, new Change(at, change.Bytes.AsSpan((int)(at - change.Offset), (int)(next - at)).ToArray()));
            }
        }

        SimulatedInode left = new() { _cache = content, _disk = content.ToArray(), Mode = Mode };
        left._blocks.UnionWith(_blocks);
        return left;
    }

    private static IEnumerable<long> BlocksOf(long offset, long length)
    {
        for (long block = offset / BlockBytes; block * BlockBytes < offset + length; block++)
            yield return block;
    }

    private static void Carry(ref byte[] content, Change change)
    {
        if (change.Bytes is null)
        {
            Array.Resize(ref content, (int)change.Offset);
            return;
        }

        int end = (int)change.Offset + change.Bytes.Length;
        if (end > content.Length)
            Array.Resize(ref content, end);
        change.Bytes.CopyTo(content, change.Offset);
    }

    private void Apply(Change change)
    {
        Carry(ref _cache, change);
        _unsynced.Add(change);
    }
}
