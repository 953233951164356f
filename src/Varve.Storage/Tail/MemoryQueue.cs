namespace Varve.Storage.Tail;

/// <summary>
/// Appends that wait for memory, the oldest first. Each gets its turn when there is room for it, and the next one not before it has been handed on,
/// so that appends keep the order in which they came. Any thread.
/// </summary>
/// <param name="tryTake">Takes that much memory if there is room; takes no lock.</param>
internal sealed class MemoryQueue(Func<long, bool> tryTake)
{
    /// <summary>More than that do not wait: each holds a batch that is not counted yet.</summary>
    public const int CountMax = 4_096;

    private readonly Lock _gate = new();
    private readonly LinkedList<Waiter> _waiters = [];
    private StorageException? _stopped;
    private bool _isTurnTaken;
    private int _count;

    /// <summary>Whether nobody waits, and nobody has the turn.</summary>
    public bool IsEmpty => Volatile.Read(ref _count) == 0;

    /// <summary>What the oldest asks for; 0 where nobody waits.</summary>
    public long WantedBytes
    {
        get
        {
            if (IsEmpty)
                return 0;
            lock (_gate)
                return _waiters.First?.Value.Bytes ?? 0;
        }
    }

    /// <summary>
    /// True when the memory was taken and it is the caller's turn, until <see cref="EndTurn"/>; false when that did not come in time, or too many
    /// wait already. In line when it returns.
    /// </summary>
    public Task<bool> WaitAsync(long bytes, TimeSpan wait, TimeProvider time, CancellationToken cancellationToken)
    {
        Waiter waiter = new(bytes);
        lock (_gate)
        {
            if (_stopped is { } stopped)
                return Task.FromException<bool>(stopped);
            if (_waiters.Count == CountMax)
                return Task.FromResult(false);
            _waiters.AddLast(waiter.Place);

            // A full fence: memory that is given back from here on is seen below, or whoever gives it back sees this.
            Interlocked.Increment(ref _count);
        }

        Pump();
        return WaitAsync(waiter, wait, time, cancellationToken);
    }

    /// <summary>Gives the oldest its turn, if there is room. To be called when memory was given back.</summary>
    public void Pump()
    {
        Waiter granted;
        lock (_gate)
        {
            if (_isTurnTaken || _waiters.First is not { } first || !tryTake(first.Value.Bytes))
                return;
            granted = first.Value;
            _waiters.RemoveFirst();
            granted.HasTurn = true;
            _isTurnTaken = true;
        }

        granted.Granted.TrySetResult();
    }

    public void EndTurn()
    {
        lock (_gate)
        {
            _isTurnTaken = false;
            Interlocked.Decrement(ref _count);
        }

        Pump();
    }

    /// <summary>Nobody gets a turn any more: who waits or comes later is told the reason.</summary>
    public void Stop(StorageException reason)
    {
        List<Waiter> waiters;
        lock (_gate)
        {
            _stopped = reason;
            waiters = [.. _waiters];
            _waiters.Clear();
            Interlocked.Add(ref _count, -waiters.Count);
        }

        foreach (Waiter waiter in waiters)
            waiter.Granted.TrySetException(new StorageException(reason.Code, reason.Message, reason.InnerException));
    }

    private async Task<bool> WaitAsync(Waiter waiter, TimeSpan wait, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            await waiter.Granted.Task.WaitAsync(wait, time, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return !Leave(waiter);
        }
        catch (OperationCanceledException)
        {
            // Called off: where the turn came at the same moment, the append is on its way, and looks at the token itself.
            if (Leave(waiter))
                throw;
            return true;
        }
    }

    /// <summary>False where the waiter has got its turn.</summary>
    private bool Leave(Waiter waiter)
    {
        lock (_gate)
        {
            if (waiter.HasTurn)
                return false;
            if (waiter.Place.List is null)
                return true;
            _waiters.Remove(waiter.Place);
            Interlocked.Decrement(ref _count);
        }

        Pump();
        return true;
    }

    private sealed class Waiter
    {
        public Waiter(long bytes)
        {
            Bytes = bytes;
            Place = new LinkedListNode<Waiter>(this);
        }

        public long Bytes { get; }

        public LinkedListNode<Waiter> Place { get; }

        /// <summary>Under the lock.</summary>
        public bool HasTurn { get; set; }

        public TaskCompletionSource Granted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
