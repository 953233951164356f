using Microsoft.Extensions.Logging;
using Varve.Storage.Log;
using Varve.Storage.Sequencing;
using Varve.Storage.Streams;

namespace Varve.Storage.Catalog;

/// <summary>
/// Writes checkpoints, one at a time, and lets the log go up to what they hold: on request, at the end of the engine, and when there is something to
/// let go of and enough log or time has passed. Appends and reads go on. A checkpoint that fails changes nothing; it is logged, counted and tried
/// again. Any thread.
/// </summary>
internal sealed class Checkpointer : IAsyncDisposable
{
    private readonly CheckpointTarget _target;
    private readonly DurableLog _log;
    private readonly Sequencer _sequencer;
    private readonly StreamCatalog _catalog;
    private readonly CheckpointLimits _limits;
    private readonly TimeProvider _time;
    private readonly StorageMeter _meter;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private readonly ITimer _timer;
    private Task _newest = Task.CompletedTask;
    private LogPosition _writtenUpTo;
    private long _rotationsBefore = -1;
    private long _logBytesKept;
    private long _lastAt;
    private long _changes;
    private bool _isRunning;
    private bool _isClosing;

    public Checkpointer(
        CheckpointTarget target,
        DurableLog log,
        Sequencer sequencer,
        StreamCatalog catalog,
        CheckpointLimits limits,
        TimeProvider time,
        StorageMeter meter,
        ILogger logger)
    {
        _target = target;
        _log = log;
        _sequencer = sequencer;
        _catalog = catalog;
        _limits = limits;
        _time = time;
        _meter = meter;
        _logger = logger;
        _lastAt = time.GetTimestamp();
        _timer = time.CreateTimer(_ => RunIfDue(), null, limits.Interval, limits.Interval);
    }

    /// <summary>
    /// Whether the checkpoint on the disk was begun after the newest rotation of a key, so that nothing in it is sealed with an older version. Of one
    /// that was written before this opening that is not known.
    /// </summary>
    public bool IsSealedWithCurrentKeys => Interlocked.Read(ref _rotationsBefore) == _target.Keys.RotationCount;

    /// <summary>
    /// Writes the catalog as it is now, and lets the log go up to what it holds. Throws <see cref="StorageErrorCode.DiskFull"/>,
    /// <see cref="StorageErrorCode.DiskError"/> or <see cref="StorageErrorCode.NodeStopped"/>.
    /// </summary>
    public Task WriteAsync()
    {
        lock (_gate)
            return _newest = WriteAfterAsync(_newest);
    }

    /// <summary>
    /// Says that a change is durable that lets something go: rows were sealed, a stream was dropped, or a key rotated, whose older version the
    /// checkpoint on the disk needs.
    /// </summary>
    public void NoteChange()
    {
        Interlocked.Increment(ref _changes);
        RunIfDue();
    }

    /// <summary>Writes what has not been written, and ends. Nothing is thrown: the log still holds everything.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
            _isClosing = true;
        await _timer.DisposeAsync().ConfigureAwait(false);
        Task last = Interlocked.Read(ref _changes) > 0 && _sequencer.StopReason is null ? WriteAsync() : _newest;
        await last.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void RunIfDue()
    {
        bool isDue = _log.BytesOnDisk - Interlocked.Read(ref _logBytesKept) >= _limits.LogBytes
            || _time.GetElapsedTime(Interlocked.Read(ref _lastAt)) >= _limits.Interval;
        lock (_gate)
        {
            if (!isDue || _isRunning || _isClosing || Interlocked.Read(ref _changes) == 0 || _sequencer.StopReason is not null)
                return;
            _isRunning = true;
        }

        _ = RunAsync();
    }

    private async Task RunAsync()
    {
        await WriteAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (_gate)
            _isRunning = false;
    }

    private async Task WriteAfterAsync(Task before)
    {
        // Not on the caller's thread, which may hold the lock.
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        long changes = Interlocked.Read(ref _changes);
        try
        {
            PendingCapture look = new(_catalog, () => _sequencer.VisibleUpTo);
            _sequencer.Submit(look);
            CatalogCapture captured = await look.Result.ConfigureAwait(false);
            long rotations = _target.Keys.RotationCount;
            if (captured.Position > _writtenUpTo || rotations != _rotationsBefore)
            {
                _target.Write(captured.ToState());
                _writtenUpTo = captured.Position;
                Interlocked.Exchange(ref _rotationsBefore, rotations);
            }

            await _log.TruncateAsync(captured.NotNeededUpTo).ConfigureAwait(false);
            _meter.CheckpointWritten();
            Interlocked.Add(ref _changes, -changes);
            Interlocked.Exchange(ref _logBytesKept, _log.BytesOnDisk);
        }
        catch (Exception failure)
        {
            _meter.CheckpointFailed();
            _logger.LogError(failure, "No checkpoint was written: {Reason}. The log keeps what it holds; that is tried again", failure.Message);
            throw failure as StorageException ?? _target.Failed(failure);
        }
        finally
        {
            Interlocked.Exchange(ref _lastAt, _time.GetTimestamp());
        }
    }
}
