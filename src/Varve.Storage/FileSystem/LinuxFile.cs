using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Varve.Storage.FileSystem;

/// <summary>A file descriptor. Any thread may read and write.</summary>
/// <param name="handle">Belongs to this.</param>
/// <param name="path">For messages, and for a look whether it still leads here.</param>
/// <param name="callBytesMax">A write is made of calls of so many bytes.</param>
internal sealed class LinuxFile(SafeFileHandle handle, string path, int callBytesMax = LinuxFile.CachedCallBytes) : IFile
{
    /// <summary>
    /// Writes by way of the page cache: of one call of 2 MiB and more, Linux makes huge pages of cache there, and copying into them takes ten times the
    /// processor time (0.2 s for 1 GB in calls of up to 1 MiB, 2 s in calls of 8 MiB).
    /// </summary>
    private const int CachedCallBytes = 512 << 10;

    private Libc.FileIdentity? _identity;
    private (SafeFileHandle Room, RoomRelease Rooms)? _held;

    public string Path { get; } = path;

    public long Length
    {
        get
        {
            long length = Libc.Seek(handle, 0, Libc.SeekEnd);
            return length >= 0 ? length : throw Error("lseek");
        }
    }

    public UnixFileMode Mode => OperatingSystem.IsWindows() ? throw new PlatformNotSupportedException() : File.GetUnixFileMode(handle);

    public void SetLength(long lengthBytes)
    {
        while (Libc.SetLength(handle, lengthBytes) != 0)
        {
            if (Marshal.GetLastPInvokeError() != Errno.Interrupted)
                throw Error($"ftruncate to {lengthBytes} bytes");
        }
    }

    public bool TryAllocate(long offset, long lengthBytes)
    {
        while (Libc.Allocate(handle, 0, offset, lengthBytes) != 0)
        {
            int error = Marshal.GetLastPInvokeError();
            if (error is Errno.NotSupported or Errno.NotImplemented)
                return false;
            if (error != Errno.Interrupted)
                throw Error($"fallocate of {lengthBytes} bytes at {offset}");
        }

        return true;
    }

    public bool IsInPlace
    {
        get
        {
            Libc.FileIdentity opened = _identity ??= Libc.IdentityOf(handle) ?? throw Error("statx");
            if (Libc.IdentityOf(Path) is { } found)
                return found == opened;
            int error = Marshal.GetLastPInvokeError();
            return error is Errno.NoEntry or Errno.NotDirectory ? false : throw Error("statx");
        }
    }

    public void Write(ReadOnlySpan<byte> bytes, long offset) => Write(bytes, [], offset);

    public unsafe void Write(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, long offset)
    {
        nint total = (nint)first.Length + second.Length;
        fixed (byte* firstStart = first, secondStart = second)
        {
            Libc.Piece* pieces = stackalloc Libc.Piece[2];
            for (nint done = 0; done < total;)
            {
                nint ofFirst = Math.Min(done, first.Length);
                nint ofSecond = done - ofFirst;
                pieces[0] = new Libc.Piece { Start = firstStart + ofFirst, Length = Math.Min(first.Length - ofFirst, callBytesMax) };
                pieces[1] = new Libc.Piece { Start = secondStart + ofSecond, Length = Math.Min(second.Length - ofSecond, callBytesMax - pieces[0].Length) };
                nint written = Libc.PositionalWrite(handle, pieces, 2, offset + done);
                if (written > 0)
                    done += written;
                else if (written == 0)
                    throw Errno.Exception(Errno.InputOutput, $"pwritev of {total} bytes at {offset} wrote {done}; it", Path);
                else if (Marshal.GetLastPInvokeError() != Errno.Interrupted)
                    throw Error($"pwritev of {total} bytes at {offset}");
            }
        }
    }

    public unsafe int Read(Span<byte> buffer, long offset)
    {
        nint done = 0;
        fixed (byte* start = buffer)
        {
            while (done < buffer.Length)
            {
                nint read = Libc.PositionalRead(handle, start + done, buffer.Length - done, offset + done);
                if (read > 0)
                    done += read;
                else if (read == 0)
                    break;
                else if (Marshal.GetLastPInvokeError() != Errno.Interrupted)
                    throw Error($"pread of {buffer.Length} bytes at {offset}");
            }
        }

        // Not collected before the last read is done: the room would go.
        GC.KeepAlive(this);
        return (int)done;
    }

    // A sync that was interrupted may have dropped what failed to be written: it is not tried again.
    public void SyncData()
    {
        if (Libc.SyncData(handle) != 0)
            throw Error("fdatasync");
    }

    public void Sync()
    {
        if (Libc.Sync(handle) != 0)
            throw Error("fsync");
    }

    public void ReleaseCache() => _ = Libc.Advise(handle, 0, 0, Libc.NotNeeded);

    /// <summary>Gives back the room of the file, which has no name any more, only when this is disposed or collected: it is read until then.</summary>
    /// <param name="room">The same file, open for writing. Belongs to this.</param>
    /// <param name="rooms">Gives it back.</param>
    public void HoldRoom(SafeFileHandle room, RoomRelease rooms) => _held = (room, rooms);

    public void Dispose()
    {
        handle.Dispose();
        ReleaseRoom();
        GC.SuppressFinalize(this);
    }

    private void ReleaseRoom()
    {
        if (_held is { } held)
            held.Rooms.Add(held.Room, Path);
        _held = null;
    }

    ~LinuxFile() => ReleaseRoom();

    private IOException Error(string call) => Errno.Exception(Marshal.GetLastPInvokeError(), call, Path);
}
