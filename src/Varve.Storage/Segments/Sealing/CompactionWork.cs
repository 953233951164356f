using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Varve.Storage.Keys;
using Varve.Storage.Streams;

namespace Varve.Storage.Segments.Sealing;

/// <summary>
/// Writes segments anew: those that the policy chooses, and those of a stream that somebody wants compacted. Segments that turn out to be damaged are
/// reported and left alone. For the service's thread.
/// </summary>
internal sealed class CompactionWork(
    Func<CatalogHead> streams,
    CompactionLimits limits,
    Compactor compactor,
    Func<long, StreamKey> keyOf,
    CarefulWork careful,
    SealMeter meter,
    ILogger logger)
{
    private readonly HashSet<long> _damaged = [];

    /// <summary>What was found to be in order, by stream: it is not looked at again before it changes.</summary>
    private readonly Dictionary<long, Looked> _settled = [];

    /// <summary>Whether it happens by itself, and not only when asked for.</summary>
    public bool IsOn { get; init; } = true;

    /// <summary>Writes some segments anew. False when none have to be.</summary>
    public bool Compact(Action pause)
    {
        if (!IsOn)
            return false;
        ImmutableDictionary<string, StreamState> all = streams().Streams;
        if (_settled.Count > 1_000 + (2 * all.Count))
            _settled.Clear();
        foreach (StreamState stream in all.Values)
        {
            StreamHead head = stream.Head;
            if (head.Segments.IsEmpty || careful.IsWaiting(stream))
                continue;
            bool isDone = false;
            if (careful.Try(stream, () => isDone = Compact(stream, head, pause)) is not null || isDone)
                return true;
        }

        return false;
    }

    /// <summary>Writes segments of a stream anew until there is no need, small ones sooner than usual.</summary>
    /// <exception cref="StorageException">The stream was dropped, a segment could not be written, or the node stops.</exception>
    public void CompactAll(StreamState stream, Action pause)
    {
        CompactionLimits eager = limits with { MergeCount = 2 };
        while (stream.Head is { IsDropped: false } head && Choose(LookAt(stream, head), eager) is { } run)
        {
            if (careful.Try(stream, () => Run(stream, run, pause)) is { } failure)
                throw SealFailure.Of("compact", stream, failure);
        }

        if (stream.Head.IsDropped)
            throw new StorageException(StorageErrorCode.StreamNotFound, $"cannot compact stream '{stream.Name}': it was dropped");
    }

    private bool Compact(StreamState stream, StreamHead head, Action pause)
    {
        Looked look = LookAt(stream, head);
        if (_settled.TryGetValue(stream.Id, out Looked settled) && settled == look)
            return false;
        if (Choose(look, limits) is { } run)
        {
            Run(stream, run, pause);
            return true;
        }

        _settled[stream.Id] = look;
        return false;
    }

    private Looked LookAt(StreamState stream, StreamHead head) => new(head.Segments, head.Settings, keyOf(stream.Id).Version);

    private ImmutableArray<SegmentInfo>? Choose(Looked look, CompactionLimits by)
    {
        CompactionChoice? choice = CompactionPolicy.Choose(
            look.Segments, look.Settings.ClusterColumns, look.KeyVersion, by, segment => _damaged.Contains(segment.Id));
        return choice is { } run ? look.Segments.Slice(run.Start, run.Count) : null;
    }

    private void Run(StreamState stream, ImmutableArray<SegmentInfo> run, Action pause)
    {
        long started = StorageMeter.Start();
        try
        {
            if (compactor.Run(stream, run, pause) is { } merged)
                meter.Compacted(started, run.Length, merged);
        }
        catch (DamagedSegmentException damaged)
        {
            // Not a failure to be tried again: nothing makes it whole, and its neighbours can still be merged without it.
            _damaged.Add(damaged.Segment.Id);
            meter.FoundDamaged();
            logger.LogError(
                damaged,
                "Segment {Segment} of stream '{Stream}' is damaged and is left as it is: {Reason}. Restore it from a backup",
                damaged.Segment.Id,
                stream.Name,
                damaged.Message);
        }
    }

    private readonly record struct Looked(ImmutableArray<SegmentInfo> Segments, StoredSettings Settings, int KeyVersion);
}
