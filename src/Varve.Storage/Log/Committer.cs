using FASTER.core;
using Microsoft.Extensions.Logging;

namespace Varve.Storage.Log;

/// <summary>
/// The one thread that makes entries durable: it starts FASTER's commits, carries out the writes that FASTER hands to the device, syncs, and
/// completes everyone who waited. One commit is under way at a time; who comes meanwhile shares the next. The first failure ends it for ever.
/// Any thread may ask; everything is done on its own thread.
/// </summary>
/// <remarks>
/// A commit is done when FASTER's flushed address, which only moves over bytes that the device has reported synced and without gaps, has reached the
/// tail that the commit started with. FASTER's committed address follows on a pool thread; nothing waits for it.
/// </remarks>
internal sealed class Committer
{
    // How many commits may pass between two commit records. They only bound what the record can prove; each entry proves more.
    private const int RecordInterval = 1000;

    // Zeros ahead of the tail pay off while commits are small; large ones would only wait for the disk that the zeros take. After them it is done in
    // quiet.
    private const long SmallWriteBytes = 512 << 10;

    private readonly FasterLog _log;
    private readonly LogDevice _device;
    private readonly ControlFile _control;
    private readonly ZeroFill _zeroFill;
    private readonly LogLayout _layout;
    private readonly TimeSpan _idleDelay;
    private readonly ILogger _logger;
    private readonly object _gate = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly Thread _thread;
    private CommitRound? _next;
    private CommitRound? _running;
    private BeginMove? _beginMove;
    private bool _woken;
    private bool _closing;
    private long _finishedWrites;
    private int _commitsSinceRecord;
    private long _averageWriteBytes;
    private long _appendedUpTo;
    private long _durableUpTo;
    private volatile StorageException? _failure;

    public Committer(
        FasterLog log, LogDevice device, ControlFile control, ZeroFill zeroFill, LogLayout layout, LogPosition newest, DurableLogOptions options)
    {
        _log = log;
        _device = device;
        _control = control;
        _zeroFill = zeroFill;
        _layout = layout;
        _idleDelay = options.IdleDelay;
        _logger = options.Logger;
        _appendedUpTo = _durableUpTo = newest.Value;
        _thread = new Thread(Run) { IsBackground = true, Name = "varve-log" };
    }

    public LogPosition AppendedUpTo
    {
        get => new(Volatile.Read(ref _appendedUpTo));
        set => Volatile.Write(ref _appendedUpTo, value.Value);
    }

    public LogPosition DurableUpTo => new(Volatile.Read(ref _durableUpTo));

    public StorageException? Failure => _failure;

    /// <summary>How often writes have finished: a change means that there may be room again.</summary>
    public long FinishedWrites => Volatile.Read(ref _finishedWrites);

    public void Start() => _thread.Start();

    public Task CommitAsync(bool continueInPlace = false)
    {
        lock (_gate)
        {
            if (_failure is { } failure)
                return Task.FromException(Again(failure));
            if (_closing)
                return Task.FromException(Closed());
            if (DurableUpTo == AppendedUpTo)
                return Task.CompletedTask;
            _next ??= new CommitRound();
            WakeLocked();
            return continueInPlace ? _next.DoneInPlace : _next.Done;
        }
    }

    /// <summary>
    /// Lets the log begin further on, which is durable in both commit records when the task completes. Everything before must be durable. One call at
    /// a time.
    /// </summary>
    public Task MoveBeginAsync(long address, LogPosition position)
    {
        lock (_gate)
        {
            if (_failure is { } failure)
                return Task.FromException(Again(failure));
            if (_closing)
                return Task.FromException(Closed());
            _beginMove = new BeginMove(address, position);
            WakeLocked();
            return _beginMove.Done;
        }
    }

    public void Wake()
    {
        lock (_gate)
            WakeLocked();
    }

    /// <summary>
    /// Blocks until writes have finished since <paramref name="finishedWrites"/> was read. Throws when the log is dead. On the committing thread,
    /// where nobody else could carry them out, it carries them out itself.
    /// </summary>
    public void WaitForRoom(long finishedWrites)
    {
        if (Thread.CurrentThread == _thread)
        {
            WriteForRoom();
            return;
        }

        lock (_gate)
        {
            while (FinishedWrites == finishedWrites && _failure is null && !_closing)
                Monitor.Wait(_gate);
        }

        ThrowIfDead();
    }

    public void ThrowIfDead()
    {
        if (_failure is { } failure)
            throw Again(failure);
        if (Volatile.Read(ref _closing))
            throw Closed();
    }

    /// <summary>Ends the thread after the commit under way, and says in the control file that nothing is in doubt.</summary>
    public Task StopAsync()
    {
        lock (_gate)
        {
            _closing = true;
            Monitor.PulseAll(_gate);
        }

        return _ended.Task;
    }

    // Each thrower gets an exception of its own: one that several threads throw would mix their stack traces.
    private static StorageException Again(StorageException failure) => new(failure.Code, failure.Message, failure.InnerException);

    private static StorageException Closed() => new(StorageErrorCode.NodeStopped, "the log is closed");

    private void Run()
    {
        try
        {
            while (_failure is null && WaitForWork(out bool idle))
            {
                if (idle)
                    UseQuiet();
                MoveBegin();
                StartNext();
                long written = _device.WriteQueued();
                FinishRunning(written);
            }

            if (_failure is null)
                WriteRecord(_control.Newest with { DurableUpTo = DurableUpTo, Closed = DurableUpTo == AppendedUpTo });
        }
        catch (Exception reason)
        {
            Fail(reason);
        }

        _beginMove?.Fail(Closed());
        _ended.SetResult();
    }

    /// <summary>False when all is done and the log closes; idle when nothing came for a while and the commit record is behind.</summary>
    private bool WaitForWork(out bool idle)
    {
        idle = false;
        lock (_gate)
        {
            while (!_woken && !(_closing && _running is null && _next is null) && !idle)
            {
                bool behind = _running is null && _control.Newest.DurableUpTo < DurableUpTo;
                idle = !Monitor.Wait(_gate, behind ? _idleDelay : Timeout.InfiniteTimeSpan) && !_woken;
            }

            bool work = _woken || idle;
            _woken = false;
            return work;
        }
    }

    private void UseQuiet()
    {
        WriteRecord(_control.Newest with { DurableUpTo = DurableUpTo });
        _zeroFill.Advance(_log.FlushedUntilAddress);
    }

    /// <summary>Twice, so that the loss of either record leaves one that knows which files may be missing.</summary>
    private void MoveBegin()
    {
        BeginMove? move;
        lock (_gate)
            move = _beginMove;
        if (move is null)
            return;
        CommitSlot moved = _control.Newest with { DurableUpTo = DurableUpTo, BeginAddress = move.Address, BeginPosition = move.Position };
        WriteRecord(moved);
        WriteRecord(moved);
        lock (_gate)
            _beginMove = null;
        move.Complete();
    }

    private void StartNext()
    {
        lock (_gate)
        {
            if (_running is not null || _next is null)
                return;
            _running = _next;
            _next = null;
        }

        // In this order: what was appended before lies below the tail.
        _running.UpTo = AppendedUpTo;
        _running.Tail = _log.TailAddress;
        _log.Commit();
    }

    private void FinishRunning(long written)
    {
        if (_running is { } round && _log.FlushedUntilAddress >= round.Tail)
        {
            // A file that holds acknowledged entries must be named in a commit record first: only so can its loss be noticed.
            long file = _layout.File(round.Tail - 1);
            if (file > _control.Newest.LastFile || ++_commitsSinceRecord >= RecordInterval)
                WriteRecord(_control.Newest with { DurableUpTo = round.UpTo, LastFile = file });
            Volatile.Write(ref _durableUpTo, round.UpTo.Value);
            _running = null;
            round.Complete();
        }

        lock (_gate)
        {
            _finishedWrites++;
            _woken |= _running is null && _next is not null;
            Monitor.PulseAll(_gate);
        }

        if (written == 0)
            return;
        _averageWriteBytes += (written - _averageWriteBytes) / 8;
        if (_averageWriteBytes < SmallWriteBytes)
            _zeroFill.Advance(_log.FlushedUntilAddress);
    }

    private void WriteForRoom()
    {
        try
        {
            _device.WriteQueued();
            Volatile.Write(ref _finishedWrites, _finishedWrites + 1);
        }
        catch (Exception reason)
        {
            Fail(reason);
        }

        ThrowIfDead();
    }

    private void WriteRecord(CommitSlot record)
    {
        _control.Write(record);
        _commitsSinceRecord = 0;
    }

    private void Fail(Exception reason)
    {
        StorageException failure = reason as StorageException ?? LogDamage.Stopped("writing the log failed", reason);
        _logger.LogCritical(failure, "The log stopped at entry {Position}", DurableUpTo);
        CommitRound? running;
        CommitRound? next;
        BeginMove? move;
        lock (_gate)
        {
            _failure = failure;
            (running, next, move) = (_running, _next, _beginMove);
            _running = _next = null;
            _beginMove = null;
            Monitor.PulseAll(_gate);
        }

        // Not under the lock: what those who wait do next runs here.
        running?.Fail(Again(failure));
        next?.Fail(Again(failure));
        move?.Fail(Again(failure));
    }

    private void WakeLocked()
    {
        _woken = true;
        Monitor.PulseAll(_gate);
    }
}
