namespace Varve.Storage.Streams;

/// <summary>
/// Segments that no stream has any more: replaced, trimmed, or their stream was dropped. The sequencer adds them when readers have been shown the
/// state without them, so that no new view needs their files; who deletes files takes them. Files that nobody came to delete are deleted with the
/// next opening. Any thread.
/// </summary>
internal sealed class RetiredSegments
{
    private readonly Lock _gate = new();
    private readonly List<RetiredSegment> _waiting = [];
    private readonly List<long> _holds = [];
    private long _takenCount;

    /// <summary>Fires when segments were added, and when they can be taken again.</summary>
    public ChangeSignal Added { get; } = new();

    /// <summary>
    /// Keeps the files of all segments that are in the catalog now, until it is disposed: none that is added later is taken meanwhile.
    /// </summary>
    public IDisposable Hold()
    {
        lock (_gate)
        {
            long from = _takenCount + _waiting.Count;
            _holds.Add(from);
            return new Held(() => Release(from));
        }
    }

    public void Add(IReadOnlyCollection<RetiredSegment> segments)
    {
        if (segments.Count == 0)
            return;
        lock (_gate)
            _waiting.AddRange(segments);
        Added.Fire();
    }

    /// <summary>Those that were added since the last call, the oldest first; but for those that are held. They belong to the caller.</summary>
    public IReadOnlyList<RetiredSegment> TakeAll()
    {
        lock (_gate)
        {
            int count = (int)(_holds.Count == 0 ? _waiting.Count : Math.Min(_waiting.Count, _holds.Min() - _takenCount));
            RetiredSegment[] taken = [.. _waiting.Take(count)];
            _waiting.RemoveRange(0, count);
            _takenCount += count;
            return taken;
        }
    }

    private void Release(long from)
    {
        lock (_gate)
            _holds.Remove(from);
        Added.Fire();
    }
}
