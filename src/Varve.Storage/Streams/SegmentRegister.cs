using Varve.Arrow;
using Varve.Storage.Segments;

namespace Varve.Storage.Streams;

/// <summary>
/// Which segments there are on the node, over all streams, and which went and are still to be handed to whoever deletes files. For the sequencer.
/// </summary>
internal sealed class SegmentRegister
{
    private readonly HashSet<long> _ids = [];
    private readonly List<RetiredSegment> _gone = [];

    /// <summary>The highest id that a segment ever had.</summary>
    public long LastId { get; private set; }

    /// <summary>Any thread.</summary>
    public RetiredSegments Retired { get; } = new();

    /// <summary>False where a segment of that id is there already.</summary>
    public bool TryAdd(SegmentInfo segment)
    {
        LastId = Math.Max(LastId, segment.Id);
        return _ids.Add(segment.Id);
    }

    /// <summary>Goes on where a checkpoint ends.</summary>
    public void Restore(long lastId, IEnumerable<SegmentInfo> segments)
    {
        LastId = lastId;
        _ids.UnionWith(segments.Select(s => s.Id));
    }

    public void Remove(IEnumerable<SegmentInfo> segments, Schema schema)
    {
        foreach (SegmentInfo segment in segments)
        {
            _ids.Remove(segment.Id);
            _gone.Add(new RetiredSegment(segment.Id, (segment, schema)));
        }
    }

    /// <summary>Readers see the state without those that were removed.</summary>
    public void Publish()
    {
        Retired.Add(_gone);
        _gone.Clear();
    }
}
