namespace Varve.Query.Sessions;

/// <summary>A piece of work with a result; its wait can be ended by a token. Thread-safe.</summary>
internal sealed class QueuedWork<T> : StatementWork
{
    private readonly Func<T> _work;
    private readonly Action _leaving;
    private readonly CancellationToken _cancellation;
    private readonly CancellationTokenRegistration _registration;
    private readonly TaskCompletionSource<T> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>1 once it was begun or given up, whichever came first.</summary>
    private int _taken;

    /// <param name="work">Called once at most.</param>
    /// <param name="leaving">Called when the wait ends, one way or the other.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public QueuedWork(Func<T> work, Action leaving, CancellationToken cancellation)
    {
        _work = work;
        _leaving = leaving;
        _cancellation = cancellation;
        _registration = cancellation.UnsafeRegister(static work => ((QueuedWork<T>)work!).GiveUp(), this);
    }

    public Task<T> Completion => _completion.Task;

    public override void Run()
    {
        if (Interlocked.Exchange(ref _taken, 1) != 0)
            return;
        _leaving();
        _registration.Dispose();
        try
        {
            _completion.SetResult(_work());
        }
#pragma warning disable CA1031 // Whatever it is goes to the one who waits.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _completion.SetException(e);
        }
    }

    private void GiveUp()
    {
        if (Interlocked.Exchange(ref _taken, 1) != 0)
            return;
        _leaving();
        _completion.SetCanceled(_cancellation);
    }
}
