namespace Varve.Storage.Tail;

/// <summary>
/// The memory that streams may take: what the tails hold, what appends on their way have reserved, and the columns of the streams themselves, of
/// which a client can make any number. Any thread reserves; the sequencer says what the tails and the columns take.
/// </summary>
/// <remarks>
/// A reservation is made before the memory is: for the rows and for their record. It is given back when the rows are in the tail and the tail's own
/// size counts instead. Columns grow by doubling, so the tails may pass the limit by what their last growth took; then nothing more is admitted.
/// Views that are still held after their stream was dropped, or after its columns grew, are not counted.
/// </remarks>
internal sealed class MemoryBudget(long limitBytes)
{
    private long _reservedBytes;
    private long _tailBytes;
    private long _catalogBytes;
    private long _refusals;

    public long LimitBytes { get; } = limitBytes;

    /// <summary>By rows.</summary>
    public long UsedBytes => Volatile.Read(ref _tailBytes) + Volatile.Read(ref _reservedBytes);

    /// <summary>By streams and their columns (<see cref="Streams.StreamSchema.WeightBytes"/>).</summary>
    public long CatalogBytes => Volatile.Read(ref _catalogBytes);

    public long RefusalCount => Volatile.Read(ref _refusals);

    /// <summary>Throws <see cref="StorageErrorCode.MemoryLimit"/> where there is no room.</summary>
    public void Reserve(string stream, long bytes)
    {
        long reserved = Interlocked.Add(ref _reservedBytes, bytes);
        long used = reserved - bytes + Volatile.Read(ref _tailBytes) + CatalogBytes;
        if (used + bytes <= LimitBytes)
            return;
        Interlocked.Add(ref _reservedBytes, -bytes);
        Interlocked.Increment(ref _refusals);
        throw Full("append to", stream, bytes, used);
    }

    /// <summary>
    /// Takes memory for a stream or for columns. For the sequencer. Throws <see cref="StorageErrorCode.MemoryLimit"/> where there is no room.
    /// </summary>
    public void TakeForCatalog(string verb, string stream, long bytes)
    {
        long used = UsedBytes + CatalogBytes;
        if (used + bytes > LimitBytes)
            throw Full(verb, stream, bytes, used);
        SetCatalog(CatalogBytes + bytes);
    }

    public void Release(long bytes) => Interlocked.Add(ref _reservedBytes, -bytes);

    public void SetTail(long bytes) => Volatile.Write(ref _tailBytes, bytes);

    public void SetCatalog(long bytes) => Volatile.Write(ref _catalogBytes, bytes);

    private StorageException Full(string verb, string stream, long bytes, long used) => new(
        StorageErrorCode.MemoryLimit,
        $"cannot {verb} stream '{stream}': {bytes} bytes of memory are asked for, {used} of {LimitBytes} are in use. "
        + "Reads go on; drop streams or raise the limit");
}
