namespace Varve.Query.Sessions;

/// <summary>
/// Runs the pieces of one statement on the statement threads and ends them when their caller cancels, their time is used up or the engine is
/// closed, or where the process runs out of memory. Time counts while a piece waits or runs, not while a reader takes its time in between. One piece at
/// a time.
/// </summary>
internal sealed class StatementLimit(
    StatementThreads threads, RunningStatements running, QueryOptions options, TimeSpan? limit, CancellationToken engineClosing)
{
    private TimeSpan _used;

    /// <summary>Whether it was ended because the process ran out of memory.</summary>
    public bool LacksMemory { get; private set; }

    /// <summary>How long its pieces may still take together.</summary>
    public TimeSpan Left => limit is not { } whole ? Timeout.InfiniteTimeSpan : whole > _used ? whole - _used : TimeSpan.Zero;

    /// <param name="work">The piece.</param>
    /// <param name="stop">Makes the piece end soon; called repeatedly, from any thread.</param>
    /// <param name="isNew">True for a statement's first piece, which may be refused where too many wait.</param>
    /// <param name="cancellation">The caller's.</param>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    /// <exception cref="QueryException">Among others: Timeout, Busy, OutOfMemory, and Cancelled where the engine is being closed.</exception>
    public async Task<T> RunAsync<T>(Func<T> work, Action stop, bool isNew, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        long began = options.Time.GetTimestamp();
        using CancellationTokenSource time = limit is null ? new CancellationTokenSource() : new CancellationTokenSource(Left, options.Time);
        using CancellationTokenSource memory = new();
        using var any = CancellationTokenSource.CreateLinkedTokenSource(time.Token, memory.Token, cancellation, engineClosing);
        using IDisposable entry = running.Enter(memory);
        try
        {
            return await threads.RunAsync(() => RunStoppable(work, stop, any.Token), isNew, any.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (any.IsCancellationRequested && e is QueryException or OperationCanceledException)
        {
            cancellation.ThrowIfCancellationRequested();
            LacksMemory = memory.IsCancellationRequested;
            throw LacksMemory
                ? new QueryException(QueryErrorCode.OutOfMemory, "the process came to its limit of memory, and this statement ran longest", e)
                : engineClosing.IsCancellationRequested
                ? new QueryException(QueryErrorCode.Cancelled, "the query engine was closed while the statement ran", e)
                : new QueryException(QueryErrorCode.Timeout, $"the statement took longer than its limit of {limit?.TotalSeconds:0.###} s", e);
        }
        finally
        {
            _used += options.Time.GetElapsedTime(began);
        }
    }

    private T RunStoppable<T>(Func<T> work, Action stop, CancellationToken token)
    {
        using var interrupter = new Interrupter(options.Time, stop, token);
        return work();
    }
}
