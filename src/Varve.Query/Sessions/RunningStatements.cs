namespace Varve.Query.Sessions;

/// <summary>Statements at work, so that one can be ended where the process comes to its limit of memory. Thread-safe.</summary>
internal sealed class RunningStatements
{
    private readonly LinkedList<CancellationTokenSource> _byBegin = [];
    private readonly Lock _lock = new();

    /// <param name="end">Ends the statement; not disposed before what is returned is.</param>
    public IDisposable Enter(CancellationTokenSource end)
    {
        lock (_lock)
            return new Entry(this, _byBegin.AddLast(end));
    }

    /// <summary>Ends the one that began first, as the likeliest to hold much. False where all that run are being ended.</summary>
    public bool EndOldest()
    {
        lock (_lock)
        {
            if (_byBegin.FirstOrDefault(e => !e.IsCancellationRequested) is not { } oldest)
                return false;

            // What follows from it runs elsewhere: it may come here to leave.
            _ = oldest.CancelAsync();
            return true;
        }
    }

    private sealed class Entry(RunningStatements statements, LinkedListNode<CancellationTokenSource> node) : IDisposable
    {
        public void Dispose()
        {
            lock (statements._lock)
                statements._byBegin.Remove(node);
        }
    }
}
