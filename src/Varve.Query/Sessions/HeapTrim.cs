namespace Varve.Query.Sessions;

/// <summary>
/// Gives memory back that statements freed: a moment after one has ended, and no more often, since many small ones would only take it again. Any
/// thread.
/// </summary>
internal sealed class HeapTrim : IDisposable
{
    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(1);

    private readonly ITimer _timer;
    private int _isDue;

    public HeapTrim(TimeProvider time) => _timer = time.CreateTimer(_ => Run(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    /// <summary>To be called when a statement has ended.</summary>
    public void Note()
    {
        if (Interlocked.Exchange(ref _isDue, 1) == 0)
            _timer.Change(Delay, Timeout.InfiniteTimeSpan);
    }

    public void Dispose() => _timer.Dispose();

    private void Run()
    {
        Volatile.Write(ref _isDue, 0);
        NativeHeap.Trim();
    }
}
