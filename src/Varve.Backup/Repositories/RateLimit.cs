namespace Varve.Backup.Repositories;

/// <summary>
/// So many bytes a second, on average, of all that share it. Whoever takes bytes waits until those before are due; an idle second is not made up for. Any
/// thread.
/// </summary>
public sealed class RateLimit(long bytesPerSecondMax, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly long _start = time.GetTimestamp();

    /// <summary>When the bytes that were taken so far are due, since the start.</summary>
    private TimeSpan _dueAt;

    public long BytesPerSecondMax => bytesPerSecondMax;

    /// <summary>Completes when bytes that were moved just now are due, so that the next may follow.</summary>
    public Task TakeAsync(long byteCount, CancellationToken cancellationToken = default)
    {
        TimeSpan wait;
        lock (_gate)
        {
            TimeSpan now = time.GetElapsedTime(_start);
            _dueAt = (_dueAt > now ? _dueAt : now) + TimeSpan.FromSeconds((double)byteCount / bytesPerSecondMax);
            wait = _dueAt - now;
        }

        return Task.Delay(wait, time, cancellationToken);
    }
}
