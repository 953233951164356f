namespace Varve.Storage.Streams;

/// <summary>
/// Tells any number of waiters that something changed. A waiter takes <see cref="Next"/>, then looks at the state, then awaits: a change after
/// the look completes what was taken, so none is missed. Firing costs nothing without waiters, and with them one queued work item, however many
/// they are. Any thread.
/// </summary>
internal sealed class ChangeSignal
{
    private TaskCompletionSource? _next;

    /// <summary>Completes with the next change.</summary>
    public Task Next()
    {
        if (Volatile.Read(ref _next) is { } waited)
            return waited.Task;
        TaskCompletionSource made = new(TaskCreationOptions.RunContinuationsAsynchronously);
        return (Interlocked.CompareExchange(ref _next, made, null) ?? made).Task;
    }

    public void Fire()
    {
        // A full fence either way: a waiter that is not seen here has not looked at the state yet, and will see the change.
        if (Interlocked.Exchange(ref _next, null) is { } waited)
            ThreadPool.UnsafeQueueUserWorkItem(static source => source.TrySetResult(), waited, preferLocal: false);
    }
}
