using Microsoft.Extensions.Logging;
using Varve.Storage.Keys;
using Varve.Storage.Log;
using Varve.Storage.Streams;

namespace Varve.Storage.Sequencing;

/// <summary>
/// The keys of streams in step with the streams: there before a stream is, rotated while it is appended to, gone after it. Any thread.
/// </summary>
internal sealed class KeyLifecycle(Keyring keys, StagedState staged, Sequencer sequencer, DurableLog log, ILogger logger)
{
    private long _creatingCount;

    /// <summary>Submits the creation of a stream once the key of whatever id it gets is durable.</summary>
    public Task<StreamDescription> CreateAsync(PendingCreate creation) => SubmitAsync(creation, creation.Result);

    /// <summary>Sets an id aside for a stream to come, whose key is durable when this completes.</summary>
    public Task<long> TakeStreamIdAsync()
    {
        PendingStreamId taking = new();
        return SubmitAsync(taking, taking.Result);
    }

    /// <summary>Erases the key of a stream whose drop is durable.</summary>
    public async Task EraseAsync(StreamDescription dropped)
    {
        try
        {
            await keys.EraseAsync(dropped.Id).ConfigureAwait(false);
        }
        catch (StorageException e)
        {
            logger.LogError(e, "Stream '{Stream}' is dropped, but its key could not be erased", dropped.Name);
            throw new StorageException(
                e.Code, $"stream '{dropped.Name}' is dropped, but its key is not erased yet; the next start makes up for it: {e.Message}", e);
        }
    }

    /// <summary>
    /// Makes a new version of a stream's key. Records and segments that are written from now on are sealed with it; the old version stays for those
    /// that are there. Returns the new version.
    /// </summary>
    public async Task<int> RotateAsync(long streamId)
    {
        if (!keys.IsEncrypted)
            throw Keyring.NotEncrypted();
        StreamKey next = await keys.RotateAsync(streamId).ConfigureAwait(false);

        // An append that is staged after the new version was published is sealed with it. So behind this barrier nothing has the old one.
        PendingBarrier barrier = new();
        sequencer.Submit(barrier);
        await barrier.Reached.ConfigureAwait(false);
        await keys.NoteLastPositionAsync(streamId, log.AppendedUpTo).ConfigureAwait(false);
        return next.Version;
    }

    /// <summary>What keys there are, the node's own first, then by the names of the streams.</summary>
    public IReadOnlyList<KeyDescription> Describe(IEnumerable<StreamState> streams)
    {
        IEnumerable<KeyDescription> ofStreams = streams.OrderBy(s => s.Name, StringComparer.Ordinal)
            .SelectMany(s => Describe(s.Id, s.Name, version => s.Head.Segments.Count(g => g.KeyVersion == version)));
        return [.. Describe(Keyring.NodeId, null, _ => 0), .. ofStreams];
    }

    private async Task<T> SubmitAsync<T>(PendingOperation operation, Task<T> result)
    {
        // Every operation under way may get an id before this one. Those that come later see to their own, and count this one.
        long ahead = Interlocked.Increment(ref _creatingCount);
        try
        {
            await keys.EnsureKeysAsync(staged.LastStreamId + ahead).ConfigureAwait(false);
            sequencer.Submit(operation);
            return await result.ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _creatingCount);
        }
    }

    private IEnumerable<KeyDescription> Describe(long streamId, string? name, Func<int, int> segmentCount)
    {
        IReadOnlyList<KeyVersion> versions = keys.Versions(streamId);
        return versions.Select(version => new KeyDescription
        {
            Stream = name,
            Version = version.Key.Version,
            CreatedAt = DateTimeOffset.UnixEpoch.AddTicks(version.CreatedMicros * TimeSpan.TicksPerMicrosecond),
            IsCurrent = version == versions[^1],
            SegmentCount = segmentCount(version.Key.Version),
            IsInLog = version.MayBeInLog(log.BeginPosition),
        });
    }
}
