namespace Varve.Rpc.Server;

/// <summary>
/// Joins the three things that end a call early (client gone, deadline, server stopping) into tokens, and remembers which came first.
/// A call with neither deadline nor stream pays nothing: it uses the connection's own token. Callbacks come from any thread.
/// </summary>
internal sealed class CallLifetime : IDisposable
{
    /// <summary>Farther away than a timer reaches (49 days) is as good as no deadline.</summary>
    private static readonly TimeSpan TimerMax = TimeSpan.FromDays(49);

    private readonly Lock _gate = new();
    private readonly CancellationToken _clientGone;
    private readonly TimeProvider _time;
    private CancellationTokenSource? _ended;
    private CancellationTokenSource? _writesEnded;
    private CancellationTokenRegistration _clientGoneRegistration;
    private CancellationTokenRegistration _stoppingRegistration;
    private ITimer? _deadlineTimer;
    private ITimer? _graceTimer;
    private EndCause _cause;
    private bool _isOver;

    public CallLifetime(TimeProvider time, CancellationToken clientGone)
    {
        _clientGone = clientGone;
        _time = time;
        Token = WriteToken = clientGone;
    }

    /// <summary>Fires on any of the three.</summary>
    public CancellationToken Token { get; private set; }

    /// <summary>The same, but for a server that stops it fires only after a grace, so that a message half written can be finished.</summary>
    public CancellationToken WriteToken { get; private set; }

    public EndCause Cause
    {
        get
        {
            lock (_gate)
                return _cause == EndCause.None && _clientGone.IsCancellationRequested ? EndCause.ClientGone : _cause;
        }
    }

    /// <summary>Starts the deadline. Called before the handler runs.</summary>
    public void EndAfter(TimeSpan timeout)
    {
        if (timeout > TimerMax)
            return;
        UseOwnTokens();
        _deadlineTimer = _time.CreateTimer(
            static self => ((CallLifetime)self!).End(EndCause.DeadlinePassed), this, timeout, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Lets the call end with the server. Called before the handler runs.</summary>
    public void EndWith(TimeSpan grace, CancellationToken stopping)
    {
        if (!stopping.CanBeCanceled)
            return;
        UseOwnTokens();
        _stoppingRegistration = stopping.UnsafeRegister(_ => EndByStop(grace), null);
    }

    /// <summary>The transport failed under a read or a write: the client is gone, though the connection's token may fire only later.</summary>
    public void ClientWent() => End(EndCause.ClientGone);

    public void Dispose()
    {
        lock (_gate)
            _isOver = true;
        _deadlineTimer?.Dispose();
        _graceTimer?.Dispose();
        _clientGoneRegistration.Unregister();
        _stoppingRegistration.Unregister();
    }

    private void UseOwnTokens()
    {
        if (_ended is not null)
            return;
        _ended = new CancellationTokenSource();
        _writesEnded = new CancellationTokenSource();
        Token = _ended.Token;
        WriteToken = _writesEnded.Token;
        _clientGoneRegistration = _clientGone.UnsafeRegister(static self => ((CallLifetime)self!).End(EndCause.ClientGone), this);
    }

    private void EndByStop(TimeSpan grace)
    {
        lock (_gate)
        {
            if (_isOver || _cause != EndCause.None)
                return;
            _cause = EndCause.ServerStopping;
            Cancel(_ended);
            _graceTimer = _time.CreateTimer(static self => ((CallLifetime)self!).EndWrites(), this, grace, Timeout.InfiniteTimeSpan);
        }
    }

    private void End(EndCause cause)
    {
        lock (_gate)
        {
            if (_isOver)
                return;
            if (_cause == EndCause.None)
                _cause = cause;
            Cancel(_ended);
            Cancel(_writesEnded);
        }
    }

    private void EndWrites()
    {
        lock (_gate)
        {
            if (!_isOver)
                Cancel(_writesEnded);
        }
    }

    /// <summary>
    /// Not the plain Cancel: that runs the handler's callbacks on this thread, under the lock, and one that throws on a timer's thread would end the
    /// process.
    /// </summary>
    private static void Cancel(CancellationTokenSource? source) => _ = source?.CancelAsync();
}
