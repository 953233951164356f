namespace Varve.Storage.Tail;

/// <summary>
/// The memory that streams may take: what the tails hold, what appends on their way have reserved, and the columns of the streams themselves, of
/// which a client can make any number. Any thread reserves, and may wait until sealing has made room; the sequencer, which says what the tails and the
/// columns take, never does.
/// </summary>
/// <remarks>
/// A reservation is made before the memory is: for the rows and for their record. It is given back when the rows are in the tail and the tail's own
/// size counts instead. Columns grow by doubling, so the tails may pass the limit by what their last growth took; then nothing more is admitted.
/// Views that are still held after their stream was dropped, or after its columns grew, are not counted.
/// </remarks>
internal sealed class MemoryBudget
{
    private readonly TimeSpan _wait;
    private readonly TimeProvider _time;
    private readonly MemoryReserve? _reserve;
    private readonly MemoryQueue _queue;
    private long _reservedBytes;
    private long _tailBytes;
    private long _catalogBytes;
    private long _refusals;

    /// <param name="limitBytes">What may be in use.</param>
    /// <param name="wait">How long appends wait for room.</param>
    /// <param name="time">Says how long that is.</param>
    /// <param name="reserve">For rows that were admitted. Without it, nothing is.</param>
    public MemoryBudget(long limitBytes, TimeSpan wait, TimeProvider time, MemoryReserve? reserve = null)
    {
        LimitBytes = limitBytes;
        _wait = wait;
        _time = time;
        _reserve = reserve;
        _queue = new MemoryQueue(TryTake);
    }

    public long LimitBytes { get; }

    /// <summary>Called when an append begins to wait, so that room is made at once. Set before anything is reserved.</summary>
    public Action? Pressed { get; set; }

    /// <summary>By rows.</summary>
    public long UsedBytes => Volatile.Read(ref _tailBytes) + Volatile.Read(ref _reservedBytes);

    /// <summary>By streams and their columns (<see cref="Streams.StreamSchema.WeightBytes"/>).</summary>
    public long CatalogBytes => Volatile.Read(ref _catalogBytes);

    public long RefusalCount => Volatile.Read(ref _refusals);

    /// <summary>By rows, and what the append that has waited longest asks for.</summary>
    public long WantedBytes => UsedBytes + _queue.WantedBytes;

    /// <summary>True when there was room, and nobody waits for it. Takes no lock.</summary>
    public bool TryReserve(long bytes) => _queue.IsEmpty && TryTake(bytes);

    /// <summary>
    /// Reserves as soon as there is room and all that waited before have been handed on. In line when it returns. Throws
    /// <see cref="StorageErrorCode.MemoryLimit"/> when that takes too long, and what <see cref="Stop"/> was given.
    /// </summary>
    public async Task<MemoryTurn> WaitAsync(string stream, long bytes, CancellationToken cancellationToken)
    {
        bool canFit = bytes <= LimitBytes - CatalogBytes;
        Task<bool> turn = canFit && _wait > TimeSpan.Zero ? _queue.WaitAsync(bytes, _wait, _time, cancellationToken) : Task.FromResult(false);
        if (!turn.IsCompleted)
            Pressed?.Invoke();
        if (await turn.ConfigureAwait(false))
            return new MemoryTurn(_queue);
        Interlocked.Increment(ref _refusals);
        throw Full($"append to stream '{stream}'", bytes, UsedBytes + CatalogBytes);
    }

    /// <summary>The refusal of an append for which the heap had no room, though there was some for rows. Nothing of it is stored.</summary>
    public StorageException NoRoom(string stream, OutOfMemoryException cause)
    {
        Interlocked.Increment(ref _refusals);
        return new StorageException(
            StorageErrorCode.MemoryLimit,
            $"cannot append to stream '{stream}': the process has no memory left to take the batch in; try again later, send smaller ones, or raise "
            + "the limit",
            cause);
    }

    /// <summary>Nothing is admitted any more: who waits is told why.</summary>
    public void Stop(StorageException reason) => _queue.Stop(reason);

    /// <summary>
    /// Takes memory for a stream, for columns, for a producer. For the sequencer. Throws <see cref="StorageErrorCode.MemoryLimit"/> where there is no room.
    /// </summary>
    /// <param name="what">What it is for, such as "create stream 'a'".</param>
    /// <param name="bytes">How much.</param>
    public void TakeForCatalog(string what, long bytes)
    {
        long used = UsedBytes + CatalogBytes;
        if (used + bytes > LimitBytes)
            throw Full(what, bytes, used);
        SetCatalog(CatalogBytes + bytes);
    }

    public void Release(long bytes)
    {
        Interlocked.Add(ref _reservedBytes, -bytes);
        GiveTurns();
    }

    public void SetTail(long bytes)
    {
        Interlocked.Exchange(ref _tailBytes, bytes);
        GiveTurns();
    }

    public void SetCatalog(long bytes)
    {
        Interlocked.Exchange(ref _catalogBytes, bytes);
        GiveTurns();
    }

    /// <summary>After a full fence: an append that is not seen here sees the memory that was given back.</summary>
    private void GiveTurns()
    {
        if (!_queue.IsEmpty)
            _queue.Pump();
    }

    private bool TryTake(long bytes)
    {
        long reserved = Interlocked.Add(ref _reservedBytes, bytes);
        if (reserved + Volatile.Read(ref _tailBytes) + CatalogBytes <= LimitBytes && _reserve?.TryHold() != false)
            return true;
        Interlocked.Add(ref _reservedBytes, -bytes);
        return false;
    }

    private StorageException Full(string what, long bytes, long used) => new(
        StorageErrorCode.MemoryLimit,
        $"cannot {what}: {bytes} bytes of memory are asked for, {used} of {LimitBytes} are in use. "
        + "Reads go on; drop streams or raise the limit");
}
