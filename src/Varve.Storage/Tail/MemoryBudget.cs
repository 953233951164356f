namespace Varve.Storage.Tail;

/// <summary>
/// The memory that rows may take: what the tails hold and what appends on their way have reserved. Any thread reserves; the sequencer says what the
/// tails take.
/// </summary>
/// <remarks>
/// A reservation is made before the memory is: for the rows and for their record. It is given back when the rows are in the tail and the tail's
/// own size counts instead. Columns grow by doubling, so the tails may pass the limit by what their last growth took; then nothing more is admitted.
/// Views that are still held after their stream was dropped, or after its columns grew, are not counted.
/// </remarks>
internal sealed class MemoryBudget(long limitBytes)
{
    private long _reservedBytes;
    private long _tailBytes;
    private long _refusals;

    public long LimitBytes { get; } = limitBytes;

    public long UsedBytes => Volatile.Read(ref _tailBytes) + Volatile.Read(ref _reservedBytes);

    public long RefusalCount => Volatile.Read(ref _refusals);

    /// <summary>Throws <see cref="StorageErrorCode.MemoryLimit"/> where there is no room.</summary>
    public void Reserve(string stream, long bytes)
    {
        long reserved = Interlocked.Add(ref _reservedBytes, bytes);
        long used = reserved - bytes + Volatile.Read(ref _tailBytes);
        if (used + bytes <= LimitBytes)
            return;
        Interlocked.Add(ref _reservedBytes, -bytes);
        Interlocked.Increment(ref _refusals);
        throw new StorageException(
            StorageErrorCode.MemoryLimit,
            $"cannot append to stream '{stream}': {bytes} bytes of memory are asked for, {used} of {LimitBytes} are in use. Reads go on; drop streams or raise the limit");
    }

    public void Release(long bytes) => Interlocked.Add(ref _reservedBytes, -bytes);

    public void SetTail(long bytes) => Volatile.Write(ref _tailBytes, bytes);
}
