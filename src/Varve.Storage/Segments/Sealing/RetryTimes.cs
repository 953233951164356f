namespace Varve.Storage.Segments.Sealing;

/// <summary>
/// When something that failed may be tried again: a second later, then two, and so on up to a minute. By stream, so that one stream's trouble is not
/// another's. A clock that is set does not change it. For one thread.
/// </summary>
internal sealed class RetryTimes(TimeProvider time)
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    private readonly Dictionary<long, (TimeSpan Delay, long Since)> _waiting = [];

    public bool IsWaiting(long streamId) =>
        _waiting.TryGetValue(streamId, out (TimeSpan Delay, long Since) retry) && time.GetElapsedTime(retry.Since) < retry.Delay;

    /// <summary>Returns how long it will be.</summary>
    public TimeSpan Failed(long streamId)
    {
        TimeSpan delay = _waiting.TryGetValue(streamId, out (TimeSpan Delay, long Since) before)
            ? TimeSpan.FromTicks(Math.Min(before.Delay.Ticks * 2, Longest.Ticks))
            : First;
        _waiting[streamId] = (delay, time.GetTimestamp());
        return delay;
    }

    public void Succeeded(long streamId) => _waiting.Remove(streamId);
}
