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

    /// <summary>Fires when segments were added.</summary>
    public ChangeSignal Added { get; } = new();

    public void Add(IReadOnlyCollection<RetiredSegment> segments)
    {
        if (segments.Count == 0)
            return;
        lock (_gate)
            _waiting.AddRange(segments);
        Added.Fire();
    }

    /// <summary>Those that were added since the last call, the oldest first. They belong to the caller.</summary>
    public IReadOnlyList<RetiredSegment> TakeAll()
    {
        lock (_gate)
        {
            List<RetiredSegment> taken = _waiting;
            _waiting = [];
            return taken;
        }
    }
}
