namespace Varve.Load.Memory;

/// <summary>
/// How long appends stood still: the longest time in which something was under way and no acknowledgement came. Time in which nothing was sent does
/// not count. Thread-safe.
/// </summary>
internal sealed class AckGaps(TimeProvider time)
{
    private readonly Lock _gate = new();
    private long _underWay;
    private long _since;
    private TimeSpan _longest;
    private long _longestAtRow;

    public (TimeSpan Gap, long AtRow) Longest
    {
        get
        {
            lock (_gate)
                return (_longest, _longestAtRow);
        }
    }

    public void Sent()
    {
        lock (_gate)
        {
            if (_underWay++ == 0)
                _since = time.GetTimestamp();
        }
    }

    /// <param name="rows">Acknowledged with this.</param>
    public void Acknowledged(long rows)
    {
        lock (_gate)
        {
            long now = time.GetTimestamp();
            TimeSpan gap = time.GetElapsedTime(_since, now);
            if (gap > _longest)
                (_longest, _longestAtRow) = (gap, rows);
            _since = now;
            _underWay--;
        }
    }
}
