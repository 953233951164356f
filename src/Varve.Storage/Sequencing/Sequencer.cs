using Microsoft.Extensions.Logging;
using Varve.Storage.Log;
using Varve.Storage.Streams;
using Varve.Storage.Tail;

namespace Varve.Storage.Sequencing;

/// <summary>
/// Puts all changes of the node into one order: takes what waits, decides it, writes it to the log, commits once for all of it, applies it,
/// shows it to readers and answers. At most one run at a time: it begins on the thread that found the queue idle and goes on on the log's
/// committing thread. Any thread submits.
/// </summary>
/// <remarks>
/// While a group is on its way to the disk the next one gathers; it is sent off before the finished one is applied, so the disk never waits for
/// that. <c>VisibleUpTo &lt;= DurableUpTo &lt;= AppendedUpTo</c>, checked with every group. Any failure on the way to the disk is final: what is
/// there is then known only to a recovery, so nothing more is accepted. Reads of what is visible go on.
/// </remarks>
internal sealed class Sequencer(
    DurableLog log, StreamCatalog catalog, StagedState staged, MemoryBudget budget, StorageMeter meter, ILogger logger, LogPosition recoveredUpTo)
{
    /// <summary>Above this, copying rows takes longer than a change of threads, and the committing thread has better things to do.</summary>
    private const long LargeGroupBytes = 256 << 10;

    private readonly OperationQueue _queue = new();
    private CommitGroup _current = new();
    private CommitGroup _next = new();
    private long _visibleUpTo = recoveredUpTo.Value;
    private volatile StorageException? _stopped;
    private bool _failed;

    /// <summary>Every row at or below this position is seen by every reader.</summary>
    public LogPosition VisibleUpTo => new(Volatile.Read(ref _visibleUpTo));

    /// <summary>Fires when <see cref="VisibleUpTo"/> has moved, and when it will not move any more. Any thread.</summary>
    public ChangeSignal VisibleChanges { get; } = new();

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
        budget.Stop(Refusal(reason));
        foreach (StreamState stream in catalog.Head.Streams.Values)
            stream.Changes.Fire();
        VisibleChanges.Fire();
    }

    private async Task RunAsync()
    {
        while (_queue.TryTakeAll(_current.Taken))
        {
            Begin(_current);
            while (_current.Taken.Count > 0)
            {
                await _current.Commit.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                _queue.TakeAll(_next.Taken);
                if (_next.Taken.Count > 0)
                {
                    if (_current.SizeBytes + _next.SizeBytes > LargeGroupBytes)
                        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
                    Begin(_next);
                }

                Finish(_current);
                _current.Clear();
                (_current, _next) = (_next, _current);
            }
        }
    }

    /// <summary>Gives the log what the operations write, and asks for its commit.</summary>
    private void Begin(CommitGroup group)
    {
        try
        {
            group.StartedAt = StorageMeter.Start();
            foreach (PendingOperation operation in group.Taken)
            {
                if (_stopped is { } stopped)
                    operation.Fail(Refusal(stopped));
                else if (!HasRoom(operation))
                    operation.Refuse(log.Space.Shortage ?? new StorageException(StorageErrorCode.DiskFull, "the disk was full; it has room again"));
                else if (operation.Stage(staged))
                    group.Staged.Add(operation);
            }

            staged.Packer.Flush();
            group.Last = log.AppendedUpTo;
            group.Commit = group.Staged.Count > 0 ? log.CommitInPlaceAsync() : Task.CompletedTask;
        }
        catch (Exception failure)
        {
            group.Commit = Task.FromException(failure);
        }
    }

    /// <summary>Before it is decided: what is decided has to be written.</summary>
    private bool HasRoom(PendingOperation operation) =>
        operation.LogBytesMax(log.PageBytes) is var bytes
        && (bytes == 0 || log.Space.TryTake(staged.Packer.WaitingBytesMax + bytes, operation.FreesSpace));

    /// <summary>Applies what is durable now, shows it and answers.</summary>
    private void Finish(CommitGroup group)
    {
        if (group.Commit.Exception?.InnerException is { } failure)
        {
            Fail(group, failure);
            return;
        }

        if (group.Staged.Count == 0)
            return;
        try
        {
            if (_failed)
                throw new InvalidOperationException("a group before this one could not be applied");
            meter.Committed(group.StartedAt, group.Staged.Count);
            Apply(group);
        }
        catch (Exception broken)
        {
            Fail(group, broken);
            return;
        }

        // Counted first: who has an answer finds it in the counters.
        meter.Acknowledged(group.Staged);
        foreach (PendingOperation operation in group.Staged)
            operation.Complete();
    }

    private void Apply(CommitGroup group)
    {
        foreach (PendingOperation operation in group.Staged)
            operation.Apply(catalog);
        if (group.Last > log.DurableUpTo || log.DurableUpTo > log.AppendedUpTo || group.Last < VisibleUpTo)
        {
            throw new InvalidOperationException(
                $"expected visible {VisibleUpTo} <= {group.Last} <= durable <= appended, "
                + $"found durable {log.DurableUpTo}, appended {log.AppendedUpTo}");
        }

        catalog.Publish();
        budget.SetTail(catalog.TailBytes);
        catalog.Signal?.Look(budget.UsedBytes);
        Volatile.Write(ref _visibleUpTo, group.Last.Value);
        VisibleChanges.Fire();
    }

    /// <summary>Nothing of the group was shown to anybody; whether it is on the disk, nobody can say now.</summary>
    private void Fail(CommitGroup group, Exception failure)
    {
        StorageException reason = failure as StorageException
            ?? new StorageException(StorageErrorCode.NodeStopped, $"the sequencer failed: {failure.Message}", failure);
        if (!_failed)
            logger.LogCritical(
                failure, "The node stops accepting changes: {Reason}. Reads go on; restart it to recover from the disk", reason.Message);
        _failed = true;
        Stop(reason);
        StorageException unknown = new(
            StorageErrorCode.NodeStopped,
            $"the change may or may not be there after a restart, whole or not at all: {reason.Message}",
            failure);
        foreach (PendingOperation operation in group.Taken)
            operation.Fail(unknown);
    }
}
