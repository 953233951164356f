namespace Varve.Storage.Streams;

/// <summary>
/// Segments that no stream has any more: replaced, trimmed, or their stream was dropped. The sequencer adds them when readers have been shown the
/// state without them, so that no new view needs their files; who deletes files takes them. Files that nobody came to delete are deleted with the
/// next opening. Any thread.
/// </summary>
internal sealed class RetiredSegments
{
    private readonly Lock _gate = new();
    private List<RetiredSegment> _waiting = [];
    private int _holdCount;

    /// <summary>Fires when segments were added, and when they can be taken again.</summary>
    public ChangeSignal Added { get; } = new();

    /// <summary>
    /// Keeps the files of all segments that are in the catalog now, until it is disposed: none that is added later is taken meanwhile.
    /// </summary>
    public IDisposable Hold()
    {
        lock (_gate)
            _holdCount++;
        return new Held(Release);
    }

    public void Add(IReadOnlyCollection<RetiredSegment> segments)
    {
        if (segments.Count == 0)
            return;
        lock (_gate)
            _waiting.AddRange(segments);
        Added.Fire();
    }

    /// <summary>Those that were added since the last call, the oldest first; none while they are held. They belong to the caller.</summary>
    public IReadOnlyList<RetiredSegment> TakeAll()
    {
        lock (_gate)
        {
            if (_holdCount > 0)
                return [];
            List<RetiredSegment> taken = _waiting;
            _waiting = [];
            return taken;
        }
    }

    private void Release()
    {
        lock (_gate)
            _holdCount--;
        Added.Fire();
    }
}
