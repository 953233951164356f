using Microsoft.Extensions.Logging;
using Varve.Storage.Catalog;
using Varve.Storage.FileSystem;
using Varve.Storage.Keys;

namespace Varve.Storage.Recovery;

/// <summary>
/// What an opening found where the checkpoint stands: one, none, or one that is damaged. Without it the log must reach back to its first entry; then
/// it is the whole truth, and a damaged checkpoint is no loss. Immutable.
/// </summary>
internal sealed class StoredCheckpoint
{
    private readonly string _path;
    private readonly StorageException? _damage;

    private StoredCheckpoint(string path, CheckpointState? state, StorageException? damage)
    {
        _path = path;
        State = state;
        _damage = damage;
    }

    public CheckpointState? State { get; }

    /// <summary>A checkpoint that was found elsewhere.</summary>
    public static StoredCheckpoint Of(CheckpointState? state, string path) => new(path, state, null);

    /// <param name="fileSystem">Where it is.</param>
    /// <param name="directory">The data directory.</param>
    /// <param name="nodeId">Null: no node was finished being made here, so there is none.</param>
    /// <param name="keys">What opens it.</param>
    public static StoredCheckpoint Find(IFileSystem fileSystem, string directory, Guid? nodeId, Keyring keys)
    {
        string path = CheckpointFile.PathIn(directory);
        if (nodeId is not { } owner)
            return new StoredCheckpoint(path, null, null);
        try
        {
            return new StoredCheckpoint(path, CheckpointFile.Read(fileSystem, directory, owner, keys), null);
        }
        catch (StorageException damage) when (damage.Code == StorageErrorCode.Corruption)
        {
            return new StoredCheckpoint(path, null, damage);
        }
    }

    /// <summary>Throws <see cref="StorageErrorCode.Corruption"/> where the log begins behind what is known without it.</summary>
    public void CheckBegin(LogPosition begin, ILogger logger)
    {
        LogPosition known = State?.Position ?? LogPosition.None;
        if (_damage is not null && begin <= known.Next)
            logger.LogWarning(_damage, "The checkpoint {Path} is damaged and not needed: the log holds everything. It will be written anew", _path);
        if (begin <= known.Next)
            return;
        throw _damage ?? new StorageException(
            StorageErrorCode.Corruption,
            State is null
                ? $"the log begins at entry {begin}, and the checkpoint {_path}, which says what stood before, is missing; put it back"
                : $"the log begins at entry {begin}, but the checkpoint {_path} says only what stood up to entry {known}; put back the newest one");
    }

    /// <summary>
    /// Throws <see cref="StorageErrorCode.Corruption"/> where the log ends before the checkpoint; a log without entries is no match for any.
    /// </summary>
    public void CheckEnd(LogPosition newest)
    {
        if (_damage is not null && newest == LogPosition.None)
            throw _damage;
        if (State is { } state && newest < state.Position)
        {
            throw new StorageException(
                StorageErrorCode.Corruption,
                $"the log ends at entry {newest}, but the checkpoint {_path} was written when entry {state.Position} was durable:"
                + " entries are missing."
                + " Nothing was changed; put back the log");
        }
    }
}
