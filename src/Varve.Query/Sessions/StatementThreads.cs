using System.Collections.Concurrent;
using Varve.Query.Native;

namespace Varve.Query.Sessions;

/// <summary>
/// Threads of our own on which DuckDB is called, because nested SQL needs deep stacks and the pool's threads must not block. Their
/// number is the limit of what computes at the same moment; work waits in the order it came. Thread-safe.
/// </summary>
internal sealed class StatementThreads : IDisposable
{
    private static readonly TimeSpan EndsWithin = TimeSpan.FromSeconds(10);

    private readonly BlockingCollection<StatementWork> _queue = [];
    private readonly Thread[] _threads;
    private readonly int _waitingCountMax;

    /// <summary>Work that still waits; the queue also holds work whose wait was given up.</summary>
    private int _waitingCount;

    /// <param name="name">What the threads are called.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="waitingCountMax">New work beyond this is refused.</param>
    public StatementThreads(string name, int count, int waitingCountMax)
    {
        _waitingCountMax = waitingCountMax;
        _threads = new Thread[count];
        for (int i = 0; i < count; i++)
        {
            _threads[i] = new Thread(RunAll, WorkerStacks.StackBytes) { IsBackground = true, Name = $"{name} {i + 1}" };
            _threads[i].Start();
        }
    }

    /// <summary>Runs <paramref name="work"/> when a thread is free. The token ends the wait; once running, the work itself must heed it.</summary>
    /// <param name="work">Called once, or not at all where the wait was ended.</param>
    /// <param name="isNew">False for the next piece of a statement that was let in before: it is never refused.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="QueryException">Too many wait (Busy), or the engine is closed (Cancelled).</exception>
    public Task<T> RunAsync<T>(Func<T> work, bool isNew, CancellationToken cancellation)
    {
        if (isNew && Volatile.Read(ref _waitingCount) >= _waitingCountMax)
            throw new QueryException(QueryErrorCode.Busy, $"{_waitingCountMax} statements wait already; try again later");
        Interlocked.Increment(ref _waitingCount);
        var item = new QueuedWork<T>(work, () => Interlocked.Decrement(ref _waitingCount), cancellation);
        try
        {
            _queue.Add(item, CancellationToken.None);
        }
        catch (Exception e) when (e is InvalidOperationException or ObjectDisposedException)
        {
            throw new QueryException(QueryErrorCode.Cancelled, "the query engine is closed", e);
        }

        return item.Completion;
    }

    /// <summary>
    /// Lets what was queued run to its end, then stops the threads. A call into DuckDB that nothing interrupts is not waited for longer than
    /// a few seconds: its thread ends with the process.
    /// </summary>
    public void Dispose()
    {
        _queue.CompleteAdding();
        bool haveEnded = true;
        foreach (Thread thread in _threads)
            haveEnded &= thread.Join(EndsWithin);
        if (haveEnded)
            _queue.Dispose();
    }

    private void RunAll()
    {
        foreach (StatementWork work in _queue.GetConsumingEnumerable())
            work.Run();
    }
}
