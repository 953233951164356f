namespace Varve.Server.Calls;

/// <summary>
/// The memory that calls hold between their messages, or for making one: schemas and dictionaries of appends, rows as text. Bounded for all calls
/// together, since clients open as many as they like. Any thread.
/// </summary>
internal sealed class CallMemory(long limitBytes)
{
    private long _usedBytes;

    public CallMemory()
        : this(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 16)
    {
    }

    public long LimitBytes { get; } = limitBytes;

    public long UsedBytes => Volatile.Read(ref _usedBytes);

    /// <summary>The share of one call, to be disposed at its end.</summary>
    public CallShare Open() => new(this);

    /// <summary>False where there is no room.</summary>
    internal bool TryTake(long bytes)
    {
        if (Interlocked.Add(ref _usedBytes, bytes) <= LimitBytes)
            return true;
        Interlocked.Add(ref _usedBytes, -bytes);
        return false;
    }

    internal void GiveBack(long bytes) => Interlocked.Add(ref _usedBytes, -bytes);
}
