using Microsoft.Win32.SafeHandles;

namespace Varve.Storage.FileSystem;

/// <summary>
/// A lock by flock(2) that is given back at once. Closing the file is not enough: the lock belongs to the open file description, which a
/// child process of ours holds too from its fork to its exec, so whoever opens the directory in that moment would find it taken.
/// </summary>
internal sealed class FileLock(SafeFileHandle handle) : IDisposable
{
    public void Dispose()
    {
        if (!handle.IsClosed)
            _ = Libc.Lock(handle, Libc.LockRelease);
        handle.Dispose();
    }
}
