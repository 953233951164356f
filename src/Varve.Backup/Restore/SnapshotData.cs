using System.Runtime.CompilerServices;
using Varve.Backup.Sealing;
using Varve.Backup.Snapshots;
using Varve.Storage;
using Varve.Storage.Catalog;
using Varve.Storage.Keys;

namespace Varve.Backup.Restore;

/// <summary>Reads what a snapshot is made of. One thread.</summary>
internal sealed class SnapshotData(SealedRepository repository, SnapshotManifest manifest)
{
    /// <summary>The catalog at the snapshot's position; null where the node never held anything.</summary>
    public async Task<CheckpointState?> ReadCatalogAsync(Keyring keys, CancellationToken cancellationToken)
    {
        if (manifest.Position == LogPosition.None)
            return null;
        using MemoryStream body = new();
        foreach (ObjectRef item in manifest.Checkpoint)
            body.Write(await ReadAsync(item, cancellationToken).ConfigureAwait(false));
        try
        {
            CheckpointState state = CheckpointCodec.Read(body.ToArray(), keys);
            return state.Position == manifest.Position
                ? state
                : throw new CheckpointFormatException($"it is of position {state.Position}, the snapshot of {manifest.Position}");
        }
        catch (CheckpointFormatException e)
        {
            throw new BackupException(BackupErrorCode.Damaged, $"the catalog of snapshot {manifest.Id} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>The entries of the log that come with the catalog, in order.</summary>
    public async IAsyncEnumerable<(LogPosition Position, long Term, ReadOnlyMemory<byte> Payload)> ReadLogAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (LogPiece piece in manifest.Log)
        {
            byte[] content = await ReadAsync(piece.Object, cancellationToken).ConfigureAwait(false);
            foreach ((LogPosition, long, ReadOnlyMemory<byte>) entry in LogPieceCodec.Read(piece, content))
                yield return entry;
        }
    }

    /// <inheritdoc cref="Repositories.IRepository.GivesWay"/>
    public bool GivesWay => repository.Inner.GivesWay;

    /// <inheritdoc cref="SealedRepository.RunAsync{T}"/>
    public Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellationToken) => repository.RunAsync(work, cancellationToken);

    /// <inheritdoc cref="SealedRepository.RunAsync{T}"/>
    public Task RunAsync(Action work, CancellationToken cancellationToken) => repository.RunAsync(work, cancellationToken);

    public async Task<byte[]> ReadAsync(ObjectRef item, CancellationToken cancellationToken)
    {
        byte[] content = new byte[item.ContentBytes];
        await ReadAsync(item, content, cancellationToken).ConfigureAwait(false);
        return content;
    }

    /// <param name="item">Which one.</param>
    /// <param name="content">Is filled; as long as the object's content.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public Task ReadAsync(ObjectRef item, Memory<byte> content, CancellationToken cancellationToken) =>
        repository.ReadAsync(ObjectKind.Data, item.Name, content, cancellationToken);
}
