namespace Varve.Rpc.Framing;

/// <summary>
/// The memory that large messages of all calls of a server may take together, from their first byte until their handlers are done with them. A
/// message waits, in the order of coming, until there is room for the whole of it; meanwhile flow control holds its sender. One that is larger than
/// the limit goes alone. Thread-safe.
/// </summary>
internal sealed class ReceiveBudget(long limitBytes, TimeSpan? silenceLimit = null)
{
    /// <summary>How long a sender may be silent inside a message, since it holds room that others wait for.</summary>
    public TimeSpan SilenceLimit { get; } = silenceLimit ?? TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly LinkedList<Waiter> _waiters = [];
    private long _usedBytes;

    /// <summary>Completes when the bytes are reserved; each completed reservation is released once.</summary>
    public ValueTask ReserveAsync(long bytes, CancellationToken cancellationToken)
    {
        Waiter waiter;
        lock (_gate)
        {
            if (_waiters.Count == 0 && Fits(bytes))
            {
                _usedBytes += bytes;
                return ValueTask.CompletedTask;
            }

            waiter = new Waiter(bytes);
            _waiters.AddLast(waiter);
        }

        return new ValueTask(WaitAsync(waiter, cancellationToken));
    }

    /// <summary>More for a message that has its reservation; false where that would pass the limit.</summary>
    public bool TryReserve(long bytes)
    {
        lock (_gate)
        {
            if (_usedBytes + bytes > limitBytes)
                return false;
            _usedBytes += bytes;
            return true;
        }
    }

    public void Release(long bytes)
    {
        lock (_gate)
        {
            _usedBytes -= bytes;
            LetIn();
        }
    }

    private async Task WaitAsync(Waiter waiter, CancellationToken cancellationToken)
    {
        await using CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(_ => GiveUp(waiter, cancellationToken), null);
        await waiter.Granted.Task;
    }

    /// <summary>Does nothing where the reservation was granted already: then the message is read, and its first read sees the token.</summary>
    private void GiveUp(Waiter waiter, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_waiters.Remove(waiter))
            {
                waiter.Granted.SetCanceled(cancellationToken);
                LetIn();
            }
        }
    }

    private void LetIn()
    {
        while (_waiters.First is { } first && Fits(first.Value.Bytes))
        {
            _waiters.RemoveFirst();
            _usedBytes += first.Value.Bytes;
            first.Value.Granted.SetResult();
        }
    }

    private bool Fits(long bytes) => _usedBytes == 0 || _usedBytes + bytes <= limitBytes;

    private sealed class Waiter(long bytes)
    {
        public long Bytes { get; } = bytes;

        public TaskCompletionSource Granted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
