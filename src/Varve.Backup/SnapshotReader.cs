using Varve.Backup.Reading;
using Varve.Storage;

namespace Varve.Backup;

/// <summary>
/// A snapshot that is looked at where it lies: an engine whose rows are those of the snapshot, and which fetches of the repository what is read and
/// no more. Nothing becomes of what is appended to it. The caller disposes it, and ends all readers of the engine before.
/// </summary>
public sealed class SnapshotReader : IAsyncDisposable
{
    private readonly ObjectFrames _frames;
    private readonly string _scratch;

    internal SnapshotReader(StorageEngine engine, RestoreResult snapshot, ObjectFrames frames, string scratch)
    {
        Engine = engine;
        Snapshot = snapshot;
        _frames = frames;
        _scratch = scratch;
    }

    public StorageEngine Engine { get; }

    /// <summary>What was opened. Its directory is gone with this.</summary>
    public RestoreResult Snapshot { get; }

    /// <summary>Bytes of segments that were fetched so far, as they lie in the repository.</summary>
    public long FetchedBytes => _frames.FetchedBytes;

    public async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync().ConfigureAwait(false);
        Directory.Delete(_scratch, recursive: true);
    }
}
