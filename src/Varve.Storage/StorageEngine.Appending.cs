using Varve.Arrow;
using Varve.Storage.Catalog;
using Varve.Storage.Producers;
using Varve.Storage.Sequencing;

namespace Varve.Storage;

/// <summary>How rows come in, and who brings them.</summary>
public sealed partial class StorageEngine
{
    /// <summary>
    /// Appends the rows of a batch, all or none. Its columns are matched by name, in any order; nullable columns may be missing; dictionaries are
    /// written out. Completes when the rows are durable and visible. Checking and encoding happen on the caller's thread before this returns.
    /// A batch without rows is checked and acknowledged, and leaves no trace.
    /// </summary>
    /// <param name="name">The stream.</param>
    /// <param name="batch">Its memory must stay unchanged until the task completes.</param>
    /// <param name="cancellationToken">
    /// Calls the append off while it waits: then nothing of it is stored. Once it is on its way to the disk it is too late, and the task completes
    /// with the outcome.
    /// </param>
    public Task<AppendResult> AppendAsync(string name, RecordBatch batch, CancellationToken cancellationToken = default) =>
        _appender.AppendAsync(new StreamAppend(name, batch), AppendOptions.None, cancellationToken);

    /// <summary>
    /// The same on further terms. Throws <see cref="StorageErrorCode.OffsetMismatch"/>, and, for appends of producers,
    /// <see cref="StorageErrorCode.ProducerFenced"/>, <see cref="StorageErrorCode.OutOfSequence"/>, <see cref="StorageErrorCode.AlreadyAppended"/> and
    /// <see cref="StorageErrorCode.ProducerNotFound"/>.
    /// </summary>
    public Task<AppendResult> AppendAsync(StreamAppend append, AppendOptions options, CancellationToken cancellationToken = default) =>
        _appender.AppendAsync(append, options, cancellationToken);

    /// <summary>
    /// Appends to several streams, to each once: the rows become durable and visible together, or none of them does. As a producer's append it counts
    /// as one. Returns the outcomes in the order of the appends.
    /// </summary>
    public Task<IReadOnlyList<AppendResult>> AppendAsync(
        IReadOnlyList<StreamAppend> appends, AppendOptions options, CancellationToken cancellationToken = default) =>
        _appender.AppendAsync(appends, options, cancellationToken);

    /// <summary>
    /// Opens a producer, whose appends are stored once however often they are sent, through restarts of either side. Appends of its earlier sessions
    /// are refused from here on. Durable when it completes. Throws <see cref="StorageErrorCode.InvalidName"/> and
    /// <see cref="StorageErrorCode.MemoryLimit"/>.
    /// </summary>
    /// <param name="name">Names the producer for ever: whatever appends one sequence of rows, one at a time.</param>
    /// <param name="cancellationToken">Looked at before it begins.</param>
    public Task<ProducerSession> OpenProducerAsync(string name, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ThrowIfStopped();
        ProducerName.Validate(name);
        PendingOpenProducer open = new(name);
        _sequencer.Submit(open);
        return open.Result;
    }

    /// <summary>The producers that the node knows, by their names.</summary>
    public async Task<IReadOnlyList<ProducerDescription>> ListProducersAsync()
    {
        PendingCapture capture = new(_catalog, () => VisibleUpTo);
        _sequencer.Submit(capture);
        CatalogCapture captured = await capture.Result.ConfigureAwait(false);
        return
        [
            .. captured.Producers.Producers.OrderBy(p => p.Name, StringComparer.Ordinal).Select(p => new ProducerDescription(
                p.Session, DateTimeOffset.UnixEpoch.AddTicks(p.LastTimeMicros * TimeSpan.TicksPerMicrosecond))),
        ];
    }
}
