using Varve.Storage.FileSystem;
using Varve.Storage.Streams;

namespace Varve.Storage.Segments.Sealing;

/// <summary>What whoever asked for work is told when it failed.</summary>
internal static class SealFailure
{
    public static StorageException Of(string verb, StreamState stream, Exception failure) => failure as StorageException ?? new StorageException(
        Errno.IsDiskFull(failure) ? StorageErrorCode.DiskFull : StorageErrorCode.DiskError,
        $"cannot {verb} stream '{stream.Name}': {failure.Message}. Its rows are safe where they are",
        failure);
}
