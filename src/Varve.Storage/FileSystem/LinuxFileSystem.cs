using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Varve.Storage.FileSystem;

/// <summary>The real file system. Any thread.</summary>
internal sealed class LinuxFileSystem : IFileSystem
{
    // Data is nobody else's business: files 0600, directories 0700.
    private const uint FileMode = 0x180;
    private const uint DirectoryMode = 0x1C0;

    private readonly RoomRelease _rooms;

    internal LinuxFileSystem(RoomRelease rooms) => _rooms = rooms;

    /// <summary>One for the process, since deletions spare the disk that all of it shares.</summary>
    public static LinuxFileSystem Instance { get; } = new(new RoomRelease(TimeProvider.System));

    public void CreateDirectory(string path)
    {
        if (Libc.MakeDirectory(path, DirectoryMode) == 0)
            return;
        int error = Marshal.GetLastPInvokeError();
        if (error != Errno.Exists || !Directory.Exists(path))
            throw Errno.Exception(error, "mkdir", path);
    }

    public bool DirectoryExists(string path) => Directory.Exists(path);

    public bool FileExists(string path) => File.Exists(path);

    public IReadOnlyList<string> ListFiles(string directory)
    {
        // Opened first, because the enumeration below reports a missing or unreadable directory without its errno.
        OpenHandle(directory, Libc.ReadOnly).Dispose();
        return [.. Directory.EnumerateFiles(directory).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
    }

    public IReadOnlyList<(string Name, long LengthBytes)> ListLengths(string directory)
    {
        OpenHandle(directory, Libc.ReadOnly).Dispose();
        List<(string Name, long LengthBytes)> files = [];
        foreach (FileInfo file in new DirectoryInfo(directory).EnumerateFiles())
        {
            try
            {
                files.Add((file.Name, file.Length));
            }
            catch (FileNotFoundException)
            {
                // It went since the directory was read.
            }
        }

        return [.. files.OrderBy(file => file.Name, StringComparer.Ordinal)];
    }

    public IFile Create(string path) => new LinuxFile(OpenHandle(path, Libc.ReadWrite | Libc.Create | Libc.Exclusive), path);

    public IFile Open(string path) => new LinuxFile(OpenHandle(path, Libc.ReadWrite), path);

    public IFile? OpenDirect(string path)
    {
        SafeFileHandle? handle = null;
        try
        {
            handle = OpenHandle(path, Libc.ReadWrite | Libc.Direct);
            var file = new LinuxFile(handle, path, callBytesMax: int.MaxValue);
            ReadOneBlock(file);
            return file;
        }
        catch (IOException refused)
        {
            handle?.Dispose();
            if (refused.HResult == Errno.InvalidArgument)
                return null;
            throw;
        }
    }

    public IFile OpenRead(string path) => new LinuxFile(OpenHandle(path, Libc.ReadOnly), path);

    public void Rename(string from, string to)
    {
        if (Libc.Rename(from, to) != 0)
            throw Errno.Exception(Marshal.GetLastPInvokeError(), $"rename to {to}", from);
    }

    public bool TryLink(string from, string to)
    {
        if (Libc.Link(from, to) == 0)
            return true;
        int error = Marshal.GetLastPInvokeError();
        return error == Errno.Exists ? false : throw Errno.Exception(error, $"link to {to}", from);
    }

    public void Delete(string path, IFile? reader = null)
    {
        SafeFileHandle? room = OpenIfLarge(path);
        if (Libc.Unlink(path) != 0)
        {
            int error = Marshal.GetLastPInvokeError();
            room?.Dispose();
            throw Errno.Exception(error, "unlink", path);
        }

        // With another name, it is another's: a copy by links, say.
        if (room is null || !Libc.HasNoName(room))
            room?.Dispose();
        else if (reader is LinuxFile file)
            file.HoldRoom(room, _rooms);
        else
            _rooms.Add(room, path);
    }

    public void EndDeletes(string directory) => _rooms.End(directory);

    public void SyncDirectory(string path)
    {
        using SafeFileHandle handle = OpenHandle(path, Libc.ReadOnly);
        if (Libc.Sync(handle) != 0)
            throw Errno.Exception(Marshal.GetLastPInvokeError(), "fsync", path);
    }

    public IDisposable? TryLock(string path)
    {
        SafeFileHandle handle = OpenHandle(path, Libc.ReadWrite | Libc.Create);
        if (Libc.Lock(handle, Libc.LockExclusive | Libc.LockNonBlocking) == 0)
            return new FileLock(handle);
        int error = Marshal.GetLastPInvokeError();
        handle.Dispose();
        return error == Errno.TryAgain ? null : throw Errno.Exception(error, "flock", path);
    }

    /// <summary>
    /// Some file systems agree to open a file so, and refuse every transfer, or want larger blocks. Reads have the rules of writes.
    /// </summary>
    private static unsafe void ReadOneBlock(LinuxFile file)
    {
        const int BlockBytes = 4096;
        void* block = NativeMemory.AlignedAlloc(BlockBytes, BlockBytes);
        try
        {
            file.Read(new Span<byte>(block, BlockBytes), 0);
        }
        finally
        {
            NativeMemory.AlignedFree(block);
        }
    }

    /// <summary>Null also where it cannot be opened: then its room goes at once.</summary>
    private static SafeFileHandle? OpenIfLarge(string path)
    {
        int descriptor = Libc.Open(path, Libc.ReadWrite | Libc.CloseOnExec, FileMode);
        if (descriptor < 0)
            return null;
        SafeFileHandle file = new(descriptor, ownsHandle: true);
        if (Libc.Seek(file, 0, Libc.SeekEnd) > RoomRelease.StepBytes)
            return file;
        file.Dispose();
        return null;
    }

    private static SafeFileHandle OpenHandle(string path, int flags)
    {
        int descriptor;
        do
            descriptor = Libc.Open(path, flags | Libc.CloseOnExec, FileMode);
        while (descriptor < 0 && Marshal.GetLastPInvokeError() == Errno.Interrupted);
        return descriptor >= 0
            ? new SafeFileHandle(descriptor, ownsHandle: true)
            : throw Errno.Exception(Marshal.GetLastPInvokeError(), "open", path);
    }
}
