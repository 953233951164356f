using Varve.Storage.FileSystem;
using Varve.Storage.Keys;

namespace Varve.Storage.Catalog;

/// <summary>Where a node's checkpoints are written. One thread at a time.</summary>
internal sealed record CheckpointTarget(IFileSystem FileSystem, string Directory, Guid NodeId, Keyring Keys)
{
    public void Write(CheckpointState state) => CheckpointFile.Write(FileSystem, Directory, NodeId, Keys, state);

    /// <summary>What whoever asked for a checkpoint is told.</summary>
    public StorageException Failed(Exception failure) => new(
        Errno.IsDiskFull(failure) ? StorageErrorCode.DiskFull : StorageErrorCode.DiskError,
        $"the checkpoint {CheckpointFile.PathIn(Directory)} could not be written: {failure.Message}",
        failure);
}
