using Varve.Backup.Reading;
using Varve.Backup.Sealing;
using Varve.Backup.Snapshots;
using Varve.Storage;
using Varve.Storage.Catalog;
using Varve.Storage.FileSystem;
using Varve.Storage.Keys;
using Varve.Storage.Segments;
using Varve.Storage.Streams;

namespace Varve.Backup.Restore;

/// <summary>
/// Brings one stream of a backup into a node that runs. Nothing of the backup comes to the disk but the new stream's segments, no key either: what the
/// node was is replayed in memory, without the rows of other streams. Used once, by one thread.
/// </summary>
internal sealed class StreamRestoreRun(SealedRepository repository, SnapshotManifest manifest, StreamRestoreOptions options, TimeProvider time)
{
    /// <summary>A restore reads every page once, but for footers and dictionaries.</summary>
    private const long CacheBytes = 32 << 20;

    /// <summary>Of the memory that the node's rows may have: for the stream's rows that are in no segment yet, and for the pages on their way.</summary>
    private const int MemoryShare = 4;

    /// <summary>Where the segments seem to be; there is no such directory.</summary>
    private const string SegmentsPath = "/repository";

    public async Task<StreamRestoreResult> RunAsync(StorageEngine engine, IProgress<BackupProgress>? progress, CancellationToken cancellationToken)
    {
        manifest.RequireHeld(options.Stream);
        using IDisposable memory = await engine
            .HoldMemoryAsync("restore a stream", engine.Statistics.TailLimitBytes / MemoryShare, cancellationToken).ConfigureAwait(false);
        History history = await new MomentReader(repository, manifest, options.Moment).ReadHistoryAsync(cancellationToken).ConfigureAwait(false);
        using Keyring all = RepositoryKeyring.Open(history.Keys, time);
        (RestoredState state, MomentReader reader, StreamState stream) = await ReplayAsync(history, all, cancellationToken).ConfigureAwait(false);
        RequireRows(stream, state.Position);
        SnapshotFileSystem files = new(
            LinuxFileSystem.Instance, SegmentsPath, reader.SegmentsOf([stream]), (_, pieces) => new RepositoryFile(reader.Data, pieces, cancellationToken));
        StreamDescription restored = await engine.RestoreStreamAsync(
            new StreamHead(stream),
            new SegmentFiles(files, SegmentsPath, all.Key, new SegmentCache(CacheBytes, new SegmentMeter())),
            options.Name,
            options.EndOffset,
            (done, total) => progress?.Report(new BackupProgress(done, total, done)),
            cancellationToken).ConfigureAwait(false);
        return new StreamRestoreResult(restored, manifest.Id, state.Position.Value, stream.Settings.ToSettings(stream.Schema));
    }

    /// <summary>
    /// The node at the moment, with no rows in memory but those of the stream. Which id that has is known from the catalog, unless it was made behind it:
    /// then it is replayed once more.
    /// </summary>
    private async Task<(RestoredState State, MomentReader Reader, StreamState Stream)> ReplayAsync(
        History history, Keyring all, CancellationToken cancellationToken)
    {
        MomentReader reader = new(repository, manifest, options.Moment);
        CheckpointState? catalog = await reader.Data.ReadCatalogAsync(all, cancellationToken).ConfigureAwait(false);
        long? id = catalog?.Streams.FirstOrDefault(s => StreamName.Comparer.Equals(s.Name, options.Stream))?.Id;
        while (true)
        {
            // What a keyring has no key of is passed over as rows that nobody can read.
            using Keyring keys = RepositoryKeyring.Open(history.Keys?.Only(id), time);
            RestoredState state = new(catalog, keys, time);
            await reader.ReplayAsync(state, cancellationToken).ConfigureAwait(false);
            StreamState stream = state.Find(options.Stream) ?? throw new BackupException(
                BackupErrorCode.NotFound, $"snapshot {manifest.Id} has no stream '{options.Stream}' at position {state.Position}");
            if (all.IsErased(stream.Id))
            {
                throw new BackupException(
                    BackupErrorCode.NotFound,
                    $"stream '{options.Stream}' was dropped since snapshot {manifest.Id}, and its key erased: nothing opens it");
            }

            if (stream.Id == id || history.Keys is null)
                return (state, reader, stream);
            id = stream.Id;
            reader = new MomentReader(repository, manifest, options.Moment);
        }
    }

    private void RequireRows(StreamState stream, LogPosition position)
    {
        if (options.EndOffset is not { } end || (end > stream.Segments.FirstOffset && end <= stream.EndOffset))
            return;
        throw new BackupException(
            BackupErrorCode.NotFound,
            $"offset {end} of stream '{stream.Name}' cannot be restored: in snapshot {manifest.Id}, at position {position}, it has the rows from "
            + $"{stream.Segments.FirstOffset} to {stream.EndOffset}" + (end <= stream.Segments.FirstOffset ? ". An older snapshot may have them" : ""));
    }
}
