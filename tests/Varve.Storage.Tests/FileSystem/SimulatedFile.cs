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

    public void SetLength(long lengthBytes)
    {
        using FaultyFileSystem.Operation operation = Begin("ftruncate", writes: true);
        inode.SetLength(lengthBytes);
    }

    public unsafe void Write(ReadOnlySpan<byte> bytes, long offset)
    {
        fixed (byte* start = bytes)
        {
            if (isDirect && ((long)start % BlockBytes) + (bytes.Length % BlockBytes) + (offset % BlockBytes) != 0)
                throw Errno.Exception(Errno.InvalidArgument, "pwrite", Path);
        }

        using FaultyFileSystem.Operation operation = Begin("pwrite", writes: true);
        inode.Write(bytes, offset);
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
}
