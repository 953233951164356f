namespace Varve.Rpc.Client;

/// <summary>A call's deadline and cancellation, joined in one token. Thread-safe.</summary>
internal sealed class CallClock : IDisposable
{
    /// <summary>Farther away than a timer reaches (49 days) is as good as no deadline.</summary>
    private static readonly TimeSpan TimerMax = TimeSpan.FromDays(49);

    private readonly TimeProvider _time;
    private readonly long _started;
    private readonly TimeSpan? _timeout;
    private readonly CancellationTokenSource? _deadline;
    private readonly CancellationTokenSource _joined;

    public CallClock(TimeProvider time, TimeSpan? timeout, CancellationToken cancellation, CancellationToken channelClosed)
    {
        _time = time;
        _started = time.GetTimestamp();
        if (timeout is { } after && after < TimerMax)
        {
            _timeout = after;
            _deadline = new CancellationTokenSource(after > TimeSpan.Zero ? after : TimeSpan.Zero, time);
        }

        _joined = CancellationTokenSource.CreateLinkedTokenSource(cancellation, channelClosed, _deadline?.Token ?? CancellationToken.None);
        Token = _joined.Token;
    }

    public CancellationToken Token { get; }

    /// <summary>
    /// The deadline goes by the time as well as by the timer: the server's reset at the same deadline may arrive before this side's timer has fired,
    /// and a timer may fire a little early by the clock.
    /// </summary>
    public CallEnd EndedBy
    {
        get
        {
            if (_deadline is { IsCancellationRequested: true } || (_timeout is { } timeout && _time.GetElapsedTime(_started) >= timeout))
                return CallEnd.DeadlinePassed;
            return Token.IsCancellationRequested ? CallEnd.Cancelled : CallEnd.None;
        }
    }

    public void Cancel() => _joined.Cancel();

    public void Dispose()
    {
        _joined.Dispose();
        _deadline?.Dispose();
    }
}
