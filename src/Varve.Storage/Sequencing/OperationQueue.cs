using Varve.Storage.Streams;

namespace Varve.Storage.Sequencing;

/// <summary>
/// Operations that wait for the sequencer, oldest first. Any thread pushes; one at a time takes: the push that finds the queue idle says so, and
/// whoever made it runs the sequencer until <see cref="TryTakeAll"/> finds nothing, which makes the queue idle again. No lock.
/// </summary>
internal sealed class OperationQueue
{
    /// <summary>Stands at the bottom while the sequencer runs, so that no second one is started.</summary>
    private static readonly PendingOperation Running = new NoOperation();

    private PendingOperation? _newest;

    /// <summary>True when the sequencer is idle: the caller has to run it.</summary>
    public bool Push(PendingOperation operation)
    {
        while (true)
        {
            PendingOperation? newest = Volatile.Read(ref _newest);
            operation.Next = newest;
            if (Interlocked.CompareExchange(ref _newest, operation, newest) == newest)
                return newest is null;
        }
    }

    /// <summary>Moves all that wait behind those in <paramref name="taken"/>. False, and idle, when none does.</summary>
    public bool TryTakeAll(List<PendingOperation> taken)
    {
        if (Volatile.Read(ref _newest) == Running && Interlocked.CompareExchange(ref _newest, null, Running) == Running)
            return false;
        TakeAll(taken);
        return true;
    }

    /// <summary>As <see cref="TryTakeAll"/>, but stays running when there is nothing to take.</summary>
    public void TakeAll(List<PendingOperation> taken)
    {
        int first = taken.Count;
        PendingOperation? at = Interlocked.Exchange(ref _newest, Running);
        while (at is not null && at != Running)
        {
            taken.Add(at);
            PendingOperation? next = at.Next;
            at.Next = null;
            at = next;
        }

        taken.Reverse(first, taken.Count - first);
    }

    private sealed class NoOperation : PendingOperation
    {
        public override bool Stage(StagedState state) => false;

        public override void Apply(StreamCatalog catalog)
        {
        }

        public override void Complete()
        {
        }

        public override void Fail(Exception exception)
        {
        }
    }
}
