using Varve.Storage.FileSystem;

namespace Varve.Storage.Log;

/// <summary>The exceptions of the log.</summary>
internal static class LogDamage
{
    public static StorageException InFile(string path, long offset, string found) =>
        new(StorageErrorCode.Corruption, $"the log is damaged: {path}, offset {offset}: {found}. Nothing was changed; restore the file")
        {
            File = path,
        };

    /// <summary>For a log that stops because of what the file system said.</summary>
    public static StorageException Stopped(string attempted, Exception reason) => Errno.IsDiskFull(reason)
        ? new(StorageErrorCode.DiskFull, $"{attempted}: {reason.Message}. The log stopped; make room and restart", reason)
        : new(StorageErrorCode.NodeStopped, $"{attempted}: {reason.Message}. The log stopped; what was acknowledged is on the disk", reason);
}
