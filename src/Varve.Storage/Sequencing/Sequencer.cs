using Microsoft.Extensions.Logging;
using Varve.Storage.Log;
using Varve.Storage.Streams;
using Varve.Storage.Tail;

namespace Varve.Storage.Sequencing;

/// <summary>
/// Puts all changes of the node into one order: takes what waits, decides it, writes it to the log, commits once for all of it, applies it,
/// shows it to readers and answers. At most one run at a time, on whatever thread found the queue idle; any thread submits.
/// </summary>
/// <remarks>
/// <c>VisibleUpTo &lt;= DurableUpTo &lt;= AppendedUpTo</c>, checked with every group. Any failure on the way to the disk is final: what is there
/// is then known only to a recovery, so nothing more is accepted. Reads of what is visible go on.
/// </remarks>
internal sealed class Sequencer(
    DurableLog log, StreamCatalog catalog, StagedState staged, MemoryBudget budget, StorageMeter meter, ILogger logger, LogPosition recoveredUpTo)
{
    private readonly OperationQueue _queue = new();
    private readonly List<PendingOperation> _taken = [];
    private readonly List<PendingOperation> _committing = [];
    private long _visibleUpTo = recoveredUpTo.Value;
    private volatile StorageException? _stopped;

    /// <summary>Every row at or below this position is seen by every reader.</summary>
    public LogPosition VisibleUpTo => new(Volatile.Read(ref _visibleUpTo));

    /// <summary>Why nothing is accepted any more; null while all is well.</summary>
    public StorageException? StopReason => _stopped;

    public void Submit(PendingOperation operation)
    {
        if (!_queue.Push(operation))
            return;

        // The run belongs to nobody: it must not carry the context of the caller who happened to start it.
        AsyncFlowControl? suppressed = ExecutionContext.IsFlowSuppressed() ? null : ExecutionContext.SuppressFlow();
        try
        {
            _ = RunAsync();
        }
        finally
        {
            suppressed?.Undo();
        }
    }

    /// <summary>Finishes what was submitted before and accepts nothing from then on; later callers are told the reason.</summary>
    public Task CloseAsync(StorageException reason)
    {
        PendingClose close = new(() => Stop(reason));
        Submit(close);
        return close.Reached;
    }

    /// <summary>What a caller is told whose operation came too late.</summary>
    public static StorageException Refusal(StorageException stopped) => new(
        StorageErrorCode.NodeStopped, $"nothing is accepted: {stopped.Message}", stopped);

    /// <summary>The first reason stays. Followers learn of it, because no row will come any more.</summary>
    private void Stop(StorageException reason)
    {
        if (Interlocked.CompareExchange(ref _stopped, reason, null) is not null)
            return;
        foreach (StreamState stream in catalog.Head.Streams.Values)
            stream.Changes.Fire();
    }

    private async Task RunAsync()
    {
        while (_queue.TryTakeAll(_taken))
        {
            try
            {
                LogPosition last = StageTaken();
                if (_committing.Count > 0)
                {
                    long started = StorageMeter.Start();
                    await log.CommitAsync().ConfigureAwait(false);
                    meter.Committed(started, _committing.Count);
                    ApplyCommitted(last);
                }
            }
            catch (Exception failure)
            {
                Fail(failure);
            }

            _taken.Clear();
            _committing.Clear();
        }
    }

    /// <summary>Gives the log what the operations write and returns the last position of it.</summary>
    private LogPosition StageTaken()
    {
        foreach (PendingOperation operation in _taken)
        {
            if (_stopped is { } stopped)
                operation.Fail(Refusal(stopped));
            else if (operation.Stage(staged))
                _committing.Add(operation);
        }

        staged.Packer.Flush();
        return log.AppendedUpTo;
    }

    private void ApplyCommitted(LogPosition last)
    {
        foreach (PendingOperation operation in _committing)
            operation.Apply(catalog);
        if (last > log.DurableUpTo || log.DurableUpTo > log.AppendedUpTo || last < VisibleUpTo)
        {
            throw new InvalidOperationException(
                $"expected visible {VisibleUpTo} <= {last} <= durable <= appended, found durable {log.DurableUpTo}, appended {log.AppendedUpTo}");
        }

        catalog.Publish();
        budget.SetTail(catalog.TailBytes);
        Volatile.Write(ref _visibleUpTo, last.Value);
        foreach (PendingOperation operation in _committing)
            operation.Complete();
        meter.Acknowledged(_committing);
    }

    /// <summary>Nothing of the group was shown to anybody; whether it is on the disk, nobody can say now.</summary>
    private void Fail(Exception failure)
    {
        StorageException reason = failure as StorageException
            ?? new StorageException(StorageErrorCode.NodeStopped, $"the sequencer failed: {failure.Message}", failure);
        logger.LogCritical(failure, "The node stops accepting changes: {Reason}. Reads go on; restart it to recover from the disk", reason.Message);
        Stop(reason);
        StorageException unknown = new(
            reason.Code == StorageErrorCode.DiskFull ? StorageErrorCode.DiskFull : StorageErrorCode.NodeStopped,
            $"the change may or may not be there after a restart, whole or not at all: {reason.Message}",
            failure);
        foreach (PendingOperation operation in _taken)
            operation.Fail(unknown);
    }
}
