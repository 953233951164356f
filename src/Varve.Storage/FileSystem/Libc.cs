using System.Runtime.InteropServices;

namespace Varve.Storage.FileSystem;

/// <summary>
/// The calls of libc that .NET hides or whose errors it hides: on Linux <c>RandomAccess.FlushToDisk</c> and <c>FileStream.Flush(true)</c> throw
/// nothing when fsync fails, and .NET cannot open a directory.
/// </summary>
internal static partial class Libc
{
    public const int ReadOnly = 0;
    public const int ReadWrite = 2;
    public const int Create = 0x40;
    public const int Exclusive = 0x80;
    public const int CloseOnExec = 0x80000;
    public static readonly int Direct = RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm ? 0x10000 : 0x4000;
    public const int NotNeeded = 4;
    public const int SeekEnd = 2;
    public const int LockExclusive = 2;
    public const int LockNonBlocking = 4;
    public const int LockRelease = 8;

    private const int NicenessMax = 19;
    private const int OfProcess = 0;
    private const int CallingThread = 0;
    private const int CurrentDirectory = -100;
    private const int EmptyPath = 0x1000;
    private const uint StatusInode = 0x100;
    private const uint StatusLinks = 0x4;
    private const int StatusWords = 32;
    private const int LinksWord = 2;
    private const int InodeWord = 4;
    private const int DeviceWord = 17;

    /// <summary>Which file of the system it is, whatever it is called.</summary>
    public readonly record struct FileIdentity(ulong Device, ulong Inode);

    /// <summary>struct iovec.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public unsafe struct Piece
    {
        public byte* Start;
        public nint Length;
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    public static partial int Open(string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "pwritev", SetLastError = true)]
    public static unsafe partial nint PositionalWrite(SafeHandle file, Piece* pieces, int count, long offset);

    [LibraryImport("libc", EntryPoint = "pread", SetLastError = true)]
    public static unsafe partial nint PositionalRead(SafeHandle file, byte* bytes, nint count, long offset);

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    public static partial int SyncData(SafeHandle file);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    public static partial int Sync(SafeHandle file);

    /// <summary>Returns what is wrong; the last error is not set.</summary>
    [LibraryImport("libc", EntryPoint = "posix_fadvise")]
    public static partial int Advise(SafeHandle file, long offset, long length, int advice);

    [LibraryImport("libc", EntryPoint = "ftruncate", SetLastError = true)]
    public static partial int SetLength(SafeHandle file, long length);

    [LibraryImport("libc", EntryPoint = "fallocate", SetLastError = true)]
    public static partial int Allocate(SafeHandle file, int mode, long offset, long length);

    /// <summary>Null where it fails; the errno is the last error.</summary>
    public static FileIdentity? IdentityOf(SafeHandle file) => IdentityOf(file.DangerousGetHandle().ToInt32(), "", EmptyPath);

    /// <inheritdoc cref="IdentityOf(SafeHandle)"/>
    public static FileIdentity? IdentityOf(string path) => IdentityOf(CurrentDirectory, path, 0);

    private static FileIdentity? IdentityOf(int directory, string path, int flags)
    {
        ulong[] answer = new ulong[StatusWords];
        return Status(directory, path, flags, StatusInode, answer) == 0 ? new FileIdentity(answer[DeviceWord], answer[InodeWord]) : null;
    }

    /// <summary>Whether no name leads to the file; false also where that cannot be told.</summary>
    public static bool HasNoName(SafeHandle file)
    {
        ulong[] answer = new ulong[StatusWords];
        return Status(file.DangerousGetHandle().ToInt32(), "", EmptyPath, StatusLinks, answer) == 0 && (uint)answer[LinksWord] == 0;
    }

    /// <summary>
    /// struct statx has the count of names, of four bytes, at byte 16, the inode at byte 32, and the two numbers of the device at bytes 136 and 140.
    /// </summary>
    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Status(int directory, string path, int flags, uint mask, [Out] ulong[] answer);

    /// <summary>
    /// Makes the calling thread, and on Linux only this one, so much nicer than it is. A system that does not let it leaves it as it was.
    /// </summary>
    public static void LowerPriority(int byNiceness) =>
        _ = SetPriority(OfProcess, CallingThread, Math.Min(NicenessMax, GetPriority(OfProcess, CallingThread) + byNiceness));

    [LibraryImport("libc", EntryPoint = "getpriority")]
    private static partial int GetPriority(int which, uint who);

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, uint who, int niceness);

    [LibraryImport("libc", EntryPoint = "lseek", SetLastError = true)]
    public static partial long Seek(SafeHandle file, long offset, int whence);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    public static partial int Lock(SafeHandle file, int operation);

    [LibraryImport("libc", EntryPoint = "rename", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    public static partial int Rename(string from, string to);

    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    public static partial int Link(string from, string to);

    [LibraryImport("libc", EntryPoint = "unlink", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    public static partial int Unlink(string path);

    [LibraryImport("libc", EntryPoint = "mkdir", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    public static partial int MakeDirectory(string path, uint mode);
}
