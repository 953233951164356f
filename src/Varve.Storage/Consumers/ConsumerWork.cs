using Microsoft.Extensions.Logging;
using Varve.Storage.Catalog;
using Varve.Storage.Sequencing;
using Varve.Storage.Streams;

namespace Varve.Storage.Consumers;

/// <summary>What the groups of consumers ask of the engine, and the work that they have begun by themselves. Any thread.</summary>
internal sealed class ConsumerWork(
    StreamCatalog catalog, Sequencer sequencer, DeadLetters letters, Checkpointer checkpointer, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly HashSet<Task> _running = [];
    private bool _isClosed;

    public TimeProvider Time => time;

    public ConsumerMeter Meter { get; } = new(() => catalog.Head);

    public CatalogHead Head => catalog.Head;

    /// <summary>Begins work that nobody waits for, unless the engine is closing.</summary>
    public void Run(Func<Task> work)
    {
        Task task;
        lock (_gate)
        {
            if (_isClosed)
                return;
            task = Task.Run(work);
            _running.Add(task);
        }

        _ = task.ContinueWith(Ended, TaskScheduler.Default);
    }

    /// <summary>Sends a change off. Returns the consumer after it, once that is durable and visible.</summary>
    public async Task<ConsumerState> SubmitAsync(PendingConsumerOperation operation)
    {
        if (sequencer.StopReason is { } reason)
            throw Sequencer.Refusal(reason);
        sequencer.Submit(operation);
        ConsumerState consumer = await operation.Result.ConfigureAwait(false);
        checkpointer.NoteChange();
        return consumer;
    }

    /// <summary>Puts on record that a delivery failed.</summary>
    public async Task FailAsync(StreamState stream, ConsumerState consumer, IReadOnlyList<OffsetRange> rows)
    {
        await SubmitAsync(new PendingProgress(stream, consumer.Name, consumer.Epoch, [], rows)).ConfigureAwait(false);
        Meter.Failed(rows.Sum(r => r.RowCount));
    }

    /// <summary>Brings rows to the dead letters.</summary>
    public async Task BuryAsync(StreamState stream, ConsumerState consumer, OffsetRange rows, int deliveryCount, string reason)
    {
        long count = await letters.AppendAsync(stream, consumer, rows, deliveryCount, reason).ConfigureAwait(false);
        Meter.Buried(count);
        checkpointer.NoteChange();
    }

    public void Warn(StorageException problem, string stream, string consumer) => logger.LogWarning(
        problem, "Rows of stream {Stream} whose delivery to consumer {Consumer} failed are delivered again: {Reason}", stream, consumer, problem.Message);

    /// <summary>Nothing is begun any more; what was begun has ended when it completes.</summary>
    public async ValueTask DisposeAsync()
    {
        Task[] running;
        lock (_gate)
        {
            _isClosed = true;
            running = [.. _running];
        }

        await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Meter.Dispose();
    }

    private void Ended(Task task)
    {
        lock (_gate)
            _running.Remove(task);
        if (task.Exception?.InnerException is { } failure)
            logger.LogError(failure, "The work of a consumer failed: {Reason}", failure.Message);
    }
}
