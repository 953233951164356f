using Varve.Storage.FileSystem;

namespace Varve.Storage.Tests.FileSystem;

/// <summary>A descriptor of a <see cref="FaultyFileSystem"/>. Any thread.</summary>
internal sealed class SimulatedFile(FaultyFileSystem owner, SimulatedInode inode, string path, bool isReadOnly, bool isDirect = false) : IFile
{
    private const int BlockBytes = 4096;

    private bool _closed;

    public string Path { get; } = path;

    public long Length
    {
        get
        {
            using FaultyFileSystem.Operation operation = Begin("lseek", writes: false);
            return inode.Length;
        }
    }

    public UnixFileMode Mode => inode.Mode;

    public void SetLength(long lengthBytes)
    {
        using FaultyFileSystem.Operation operation = Begin("ftruncate", writes: true);
        inode.SetLength(lengthBytes);
    }

    /// <summary>Whether the path still leads to the file.</summary>
    public bool IsInPlace => owner.Leads(Path, inode);

    public bool TryAllocate(long offset, long lengthBytes)
    {
        using FaultyFileSystem.Operation operation = Begin("fallocate", writes: true);
        owner.RequireRoom(inode, offset, lengthBytes, "fallocate", Path);
        inode.Allocate(offset, lengthBytes);
        return true;
    }

    public void Write(ReadOnlySpan<byte> bytes, long offset) => Write(bytes, [], offset);

    public void Write(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, long offset)
    {
        if (isDirect && !(IsAligned(first) && IsAligned(second) && offset % BlockBytes == 0))
            throw Errno.Exception(Errno.InvalidArgument, "pwritev", Path);
        using FaultyFileSystem.Operation operation = Begin("pwritev", writes: true);
        owner.RequireRoom(inode, offset, first.Length + second.Length, "pwritev", Path);
        inode.Write(first, offset);
        inode.Write(second, offset + first.Length);
    }

    public int Read(Span<byte> buffer, long offset)
    {
        using FaultyFileSystem.Operation operation = Begin("pread", writes: false);
        return inode.Read(buffer, offset);
    }

    public void SyncData()
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        owner.Sync(inode, "fdatasync", Path);
    }

    public void Sync()
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        owner.Sync(inode, "fsync", Path);
    }

    public void Dispose() => _closed = true;

    private FaultyFileSystem.Operation Begin(string call, bool writes)
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        return writes && isReadOnly ? throw Errno.Exception(Errno.BadDescriptor, call, Path) : owner.Begin(call, Path);
    }

    private static unsafe bool IsAligned(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
            return bytes.Length % BlockBytes == 0 && (long)start % BlockBytes == 0;
    }
}
