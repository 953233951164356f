using System.Globalization;
using Varve.Testing;
using Varve.Testing.Processes;

namespace Varve.Crash.Tests.Disks;

/// <summary>
/// A small file system of its own, mounted for a test: it can lose its power, and it can be filled. One thread. Disposing takes it down.
/// </summary>
internal sealed class ScratchDisk : IAsyncDisposable
{
    private const int UnmountAttemptsMax = 200;

    private static readonly TimeSpan CommandTimeout = TimeSpan.FromMinutes(1);

    private readonly TempDirectory _directory = new("disk");
    private readonly DiskKind _kind;
    private int _mountCount;

    private ScratchDisk(DiskKind kind) => _kind = kind;

    /// <summary>Where it is mounted.</summary>
    public string Path => _directory.File("mount");

    private string Image => _directory.File("image");

    private string Ballast => System.IO.Path.Combine(Path, "ballast");

    public static async Task<ScratchDisk> MakeAsync(DiskKind kind, int mebibytes)
    {
        ScratchDisk disk = new(kind);
        try
        {
            Directory.CreateDirectory(disk.Path);
            string size = mebibytes.ToString(CultureInfo.InvariantCulture) + "M";
            if (kind == DiskKind.Tmpfs)
            {
                await RunAsync("mount", "-t", "tmpfs", "-o", $"size={size}", "varve-test", disk.Path);
                disk._mountCount++;
                return disk;
            }

            await RunAsync("truncate", "-s", size, disk.Image);
            await (kind == DiskKind.Ext4 ? RunAsync("mkfs.ext4", "-q", "-F", disk.Image) : RunAsync("mkfs.xfs", "-q", "-f", disk.Image));
            await disk.MountAsync();
            return disk;
        }
        catch
        {
            await disk.DisposeAsync();
            throw;
        }
    }

    /// <summary>Takes the permission to make and delete files from everybody, the superuser too, in a directory and those right in it; or gives it back.</summary>
    public static Task PermitAsync(string directory, bool isPermitted) =>
        RunAsync("chattr", [isPermitted ? "-i" : "+i", directory, .. Directory.GetDirectories(directory)]);

    /// <summary>From now on nothing reaches the disk any more, and what has not reached it is gone. Whoever uses it gets EIO.</summary>
    public Task CutPowerAsync() => RunAsync("xfs_io", "-x", "-c", "shutdown", Path);

    /// <summary>Brings it up again after a power cut. Nobody may have a file of it open.</summary>
    public async Task RestartAsync()
    {
        await UnmountAsync();
        await MountAsync();
    }

    /// <summary>Nothing can be changed on it any more by name; what is open stays as it was opened.</summary>
    public async Task MakeReadOnlyAsync()
    {
        // Elsewhere first: where somebody writes by name, it cannot become read-only.
        string aside = _directory.File("read-only");
        Directory.CreateDirectory(aside);
        await RunAsync("mount", "--bind", Path, aside);
        await RunAsync("mount", "-o", "remount,bind,ro", aside);
        await RunAsync("mount", "--bind", aside, Path);
        _mountCount++;
        await RunAsync("umount", aside);
    }

    /// <summary>Takes <see cref="MakeReadOnlyAsync"/> back.</summary>
    public Task MakeWritableAsync() => DetachAsync();

    /// <summary>Takes it away from under whoever uses it: an empty directory is where it was.</summary>
    public async Task DetachAsync()
    {
        await RunAsync("umount", "-l", Path);
        _mountCount--;
    }

    /// <summary>Brings it back.</summary>
    public Task AttachAsync() => MountAsync();

    /// <summary>Has every change wait in the kernel, until <see cref="ThawAsync"/>.</summary>
    public Task FreezeAsync() => RunAsync("fsfreeze", "--freeze", Path);

    public Task ThawAsync() => RunAsync("fsfreeze", "--unfreeze", Path);

    /// <summary>Takes every free block, but for some bytes.</summary>
    public void Fill(long leavingBytes = 0)
    {
        using FileStream ballast = new(Ballast, FileMode.Append);
        for (int bytes = 1 << 20; bytes >= 4096; bytes /= 16)
        {
            try
            {
                while (true)
                {
                    ballast.Write(new byte[bytes]);
                    ballast.Flush();
                }
            }
            catch (IOException)
            {
                // Smaller pieces fill the rest.
            }
        }

        ballast.SetLength(ballast.Length - leavingBytes);
    }

    /// <summary>Gives back what <see cref="Fill"/> took.</summary>
    public void MakeRoom() => File.Delete(Ballast);

    public async ValueTask DisposeAsync()
    {
        while (_mountCount > 0)
            await UnmountAsync();
        _directory.Dispose();
    }

    private async Task MountAsync()
    {
        await RunAsync("mount", "-o", "loop", Image, Path);
        _mountCount++;
    }

    /// <summary>
    /// An engine of this process that was closed leaves files of segments open for as long as somebody could hold a view: until they are collected.
    /// </summary>
    private async Task UnmountAsync()
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                await RunAsync("umount", Path);
                _mountCount--;
                return;
            }
            catch (InvalidOperationException busy) when (attempt < UnmountAttemptsMax && busy.Message.Contains("busy", StringComparison.Ordinal))
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }
        }
    }

    private static Task<string> RunAsync(string program, params string[] arguments) =>
        ProgramRun.RunAsync(program, arguments, System.IO.Path.GetTempPath(), CommandTimeout);
}
