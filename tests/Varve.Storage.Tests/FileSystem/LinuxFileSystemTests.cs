using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;
using Varve.Storage.FileSystem;
using Varve.Testing;

namespace Varve.Storage.Tests.FileSystem;

public sealed partial class LinuxFileSystemTests : FileSystemConformance, IDisposable
{
    private readonly TempDirectory _directory = new("files");

    private protected override IFileSystem FileSystem => LinuxFileSystem.Instance;

    private protected override string Root => _directory.Path;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A_sync_that_fails_says_why()
    {
        // The kernel can't sync a device without storage.
        const int InvalidArgument = 22;
        using IFile file = LinuxFileSystem.Instance.Open("/dev/null");
        Assert.Equal(InvalidArgument, Assert.Throws<IOException>(file.Sync).HResult);
        IOException error = Assert.Throws<IOException>(file.SyncData);
        Assert.Equal(InvalidArgument, error.HResult);
        Assert.Contains("fdatasync of /dev/null", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_full_disk_says_so()
    {
        using IFile file = LinuxFileSystem.Instance.Open("/dev/full");
        IOException error = Assert.Throws<IOException>(() => file.Write([1], 0));
        Assert.Equal(Errno.NoSpace, error.HResult);
        Assert.True(Errno.IsDiskFull(error));
        Assert.Equal(StorageErrorCode.DiskFull, Varve.Storage.Log.LogDamage.Stopped("a test", error).Code);
    }

    [Fact]
    [SupportedOSPlatform("linux")]
    public void Files_are_the_owners_alone()
    {
        string path = _directory.File("a");
        LinuxFileSystem.Instance.Create(path).Dispose();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        LinuxFileSystem.Instance.CreateDirectory(_directory.File("d"));
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_directory.File("d")));
    }

    [Fact]
    public void A_lock_is_given_back_though_a_child_process_still_holds_the_file()
    {
        // A child holds our descriptors from its fork to its exec: the same as a second descriptor of ours.
        string path = _directory.File("lock");
        IDisposable? held = LinuxFileSystem.Instance.TryLock(path);
        Assert.NotNull(held);
        using SafeFileHandle child = new(Duplicate(DescriptorOf(path)), ownsHandle: true);
        Assert.False(child.IsInvalid);
        held.Dispose();
        using IDisposable? next = LinuxFileSystem.Instance.TryLock(path);
        Assert.NotNull(next);
    }

    private static int DescriptorOf(string path) => int.Parse(
        Path.GetFileName(Directory.EnumerateFiles("/proc/self/fd").Single(entry => new FileInfo(entry).LinkTarget == path)),
        CultureInfo.InvariantCulture);

    [LibraryImport("libc", EntryPoint = "dup")]
    private static partial int Duplicate(int descriptor);
}
