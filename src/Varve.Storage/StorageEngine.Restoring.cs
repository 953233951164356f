using Varve.Storage.FileSystem;
using Varve.Storage.Segments;
using Varve.Storage.Segments.Sealing;
using Varve.Storage.Sequencing;
using Varve.Storage.Streams;

namespace Varve.Storage;

/// <summary>A stream comes out of a backup, while all others go on.</summary>
public sealed partial class StorageEngine
{
    private readonly SemaphoreSlim _restoring = new(1);
    private readonly CancellationTokenSource _closing = new();

    /// <summary>
    /// Makes a stream that has the columns, the rows, their offsets and their times of another one, of whatever node, and its settings but for what it
    /// keeps: rows of the past would go again at once. It is seen whole or not at all; what cuts it off leaves files that the next opening deletes. One
    /// at a time. Throws <see cref="StorageErrorCode.StreamAlreadyExists"/>, <see cref="StorageErrorCode.InvalidName"/>,
    /// <see cref="StorageErrorCode.DiskFull"/>, <see cref="StorageErrorCode.Corruption"/> where the source is damaged, and what reading it throws.
    /// </summary>
    /// <param name="source">The stream as it was.</param>
    /// <param name="sourceFiles">Its segments.</param>
    /// <param name="name">The new one's.</param>
    /// <param name="endOffset">Only rows before it; null: all.</param>
    /// <param name="progress">Told the bytes of segments that were copied, and of all of them. Any thread.</param>
    /// <param name="cancellationToken">Calls it off.</param>
    internal async Task<StreamDescription> RestoreStreamAsync(
        StreamHead source,
        SegmentFiles sourceFiles,
        string name,
        long? endOffset,
        Action<long, long> progress,
        CancellationToken cancellationToken)
    {
        CheckRestore(name);
        long end = Math.Clamp(endOffset ?? source.EndOffset, source.FirstOffset, source.EndOffset);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _closing.Token);
        await _restoring.WaitAsync(stop.Token).ConfigureAwait(false);
        try
        {
            long id = await _keyLifecycle.TakeStreamIdAsync().ConfigureAwait(false);
            SegmentMaker maker = new(_options.FileSystem, _segmentFiles, _node.NodeId);
            StreamRestore restore = new(source, sourceFiles, maker, _segmentChanges, _keys.CurrentKey(id), _options.SealRows);
            long total = StreamRestore.BytesOf(source, end);
            long done = 0;
            IReadOnlyList<SegmentInfo> segments = await Task.Run(
                () => restore.RunAsync(id, end, bytes => progress(Interlocked.Add(ref done, bytes), total), stop.Token), stop.Token).ConfigureAwait(false);
            try
            {
                StoredSettings settings = source.Settings with { RetainMicros = 0, RetainRows = 0, RetainBytes = 0 };
                return await _segmentChanges.RestoreAsync(id, name, source.Schema.Schema, settings, source.FirstOffset, segments).ConfigureAwait(false);
            }
            catch (StorageException refused) when (refused.Code != StorageErrorCode.NodeStopped)
            {
                // Nothing was written of it. Where the node stops, the log may have it: then the recovery judges.
                restore.Discard();
                throw;
            }
        }
        catch (IOException e)
        {
            throw new StorageException(
                Errno.IsDiskFull(e) ? StorageErrorCode.DiskFull : StorageErrorCode.DiskError,
                $"cannot restore stream '{name}': {e.Message}. Nothing is left of it",
                e);
        }
        finally
        {
            _restoring.Release();
        }
    }

    /// <summary>Throws what a restore under that name would, before anything was read.</summary>
    internal void CheckRestore(string name)
    {
        StreamName.Validate(name);
        if (_catalog.Head.Streams.TryGetValue(name, out StreamState? other))
            throw PendingCreate.Exists("restore", name, other.Name);
        ThrowIfStopped();
    }

    private async Task EndRestoreAsync()
    {
        await _closing.CancelAsync().ConfigureAwait(false);
        await _restoring.WaitAsync().ConfigureAwait(false);
    }
}
