using Varve.Storage.Keys;

namespace Varve.Storage;

/// <summary>The keys that it is sealed with.</summary>
public sealed partial class StorageEngine
{
    /// <summary>Whether the data directory is encrypted; decided when it was made.</summary>
    public bool IsEncrypted => _keys.IsEncrypted;

    /// <summary>The keys of the node and its streams, by the names of these; none where nothing is encrypted.</summary>
    public IReadOnlyList<KeyDescription> ListKeys() => _keyLifecycle.Describe(_catalog.Head.Streams.Values);

    /// <summary>
    /// Seals the keyring with another root key: that of <paramref name="from"/>; else what the source gives now, where that is another one; else,
    /// where the source is a file, a fresh one, which takes the place of the old one in that file. Appends and reads go on. Throws
    /// <see cref="StorageErrorCode.KeyMismatch"/> where there is no other key, <see cref="StorageErrorCode.DiskError"/> where it cannot be written,
    /// <see cref="StorageErrorCode.Unsupported"/> where nothing is encrypted.
    /// </summary>
    public Task RotateRootKeyAsync(RootKeySource? from = null, CancellationToken cancellationToken = default) =>
        _keys.RotateRootAsync(from, cancellationToken);

    /// <summary>
    /// Makes a new version of a stream's key, for all that is written from now on; appends and reads go on. Compaction brings older segments to it in
    /// the background; an older version goes when segments, log and checkpoint have nothing of it any more. Returns the version. Throws as
    /// <see cref="RotateRootKeyAsync"/>.
    /// </summary>
    public Task<int> RotateStreamKeyAsync(string name, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ThrowIfStopped();
        return RotateKeyAsync(_catalog.Head.Find(name).Id);
    }

    /// <summary>The same for the node's own key, which seals what streams are called and what columns they have.</summary>
    public Task<int> RotateNodeKeyAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ThrowIfStopped();
        return RotateKeyAsync(Keyring.NodeId);
    }

    private async Task<int> RotateKeyAsync(long streamId)
    {
        int version = await _keyLifecycle.RotateAsync(streamId).ConfigureAwait(false);
        _checkpointer.NoteChange();
        return version;
    }
}
