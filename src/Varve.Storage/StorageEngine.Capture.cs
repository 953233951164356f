using Microsoft.Extensions.Logging;
using Varve.Storage.Catalog;
using Varve.Storage.Keys;
using Varve.Storage.Log;
using Varve.Storage.Sequencing;
using Varve.Storage.Streams;

namespace Varve.Storage;

/// <summary>What a backup copies.</summary>
public sealed partial class StorageEngine
{
    /// <summary>Whoever appends now and then waits for each of them, as others do.</summary>
    private static readonly TimeSpan AppendPauseMax = TimeSpan.FromSeconds(5);

    private LogHold? _keptLog;
    private IDisposable? _keptSegments;

    /// <summary>Whether appends come at the moment, or did so a few seconds ago: work in the background gives way to them. Cheap.</summary>
    public bool IsTakingAppends => _meter.SinceLastAppend < AppendPauseMax;

    /// <summary>The identity of the log, which tells this life of the node from one that was restored from a copy.</summary>
    internal Guid LogId => _log.LogId;

    /// <summary>
    /// Keeps the log from its begin on, or from where it was kept since the opening (<see cref="StorageOptions.KeepsLogForArchive"/>), until it is moved
    /// on or disposed, and all segments until the second hold is, also those that an earlier life of the node has left. Both are to be disposed after the engine, whose end lets go what nobody keeps.
    /// </summary>
    internal (LogHold Log, IDisposable Segments) HoldForArchive() => (
        Interlocked.Exchange(ref _keptLog, null) ?? _log.Hold(_log.BeginPosition),
        Interlocked.Exchange(ref _keptSegments, null) ?? _catalog.Retired.Hold());

    /// <summary>
    /// Takes memory of what rows may have, as an append does, until the result is disposed: rows are sealed sooner meanwhile. Throws
    /// <see cref="StorageErrorCode.MemoryLimit"/> where none becomes free in time.
    /// </summary>
    /// <param name="what">It is for, such as "hold a drill".</param>
    /// <param name="bytes">How much.</param>
    /// <param name="cancellationToken">Calls the wait off.</param>
    internal async Task<IDisposable> HoldMemoryAsync(string what, long bytes, CancellationToken cancellationToken)
    {
        try
        {
            if (!_budget.TryReserve(bytes))
                (await _budget.WaitAsync(what, bytes, cancellationToken).ConfigureAwait(false)).Dispose();
        }
        catch (StorageException e) when (e.Code == StorageErrorCode.MemoryLimit)
        {
            throw new StorageException(
                StorageErrorCode.MemoryLimit, $"cannot {what}: it takes {bytes} bytes of the memory for rows, of which {_budget.UsedBytes} of {_budget.LimitBytes} are in use", e);
        }

        return new Held(() => _budget.Release(bytes));
    }

    /// <summary>
    /// Moves the rows that all streams have now into segments, so that there is little log to copy: they would come there anyway, after
    /// <see cref="StorageOptions.SealAge"/>. What cannot be sealed stays in the log.
    /// </summary>
    internal async Task FlushAllAsync(ILogger logger, CancellationToken cancellationToken)
    {
        foreach (StreamState stream in _catalog.Head.Streams.Values.Where(s => s.Head.TailPosition is not null))
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                await _sealing.FlushAsync(stream).WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (StorageException failure) when (IsAccepting)
            {
                if (!stream.Head.IsDropped)
                    logger.LogWarning(failure, "Stream '{Stream}' could not be sealed before it is copied: {Reason}", stream.Name, failure.Message);
            }
        }
    }

    /// <summary>
    /// The node as it is now, held on the disk until the capture is disposed. Throws <see cref="StorageErrorCode.NodeStopped"/> where the node does
    /// not accept changes any more.
    /// </summary>
    internal async Task<NodeCapture> CaptureAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfStopped();

        // Held before the look, so that what the look shows is still there. What goes in between was gone before.
        IDisposable segmentHold = _catalog.Retired.Hold();
        LogHold logHold = _log.Hold(_log.BeginPosition);
        try
        {
            KeyringContent? before = await _keys.CaptureAsync(cancellationToken).ConfigureAwait(false);
            PendingCapture look = new(_catalog, () => VisibleUpTo);
            _sequencer.Submit(look);
            CatalogCapture captured = await look.Result.WaitAsync(cancellationToken).ConfigureAwait(false);
            KeyringContent? after = await _keys.CaptureAsync(cancellationToken).ConfigureAwait(false);
            NodeCapture capture = new(_options.FileSystem, _directory.SegmentsPath, _node, _log, logHold, segmentHold, captured)
            {
                // A version that went meanwhile may still be needed by what was captured.
                Keys = after?.Continue(before!),
            };
            logHold.MoveTo(capture.LogFrom);
            return capture;
        }
        catch
        {
            logHold.Dispose();
            segmentHold.Dispose();
            throw;
        }
    }
}
