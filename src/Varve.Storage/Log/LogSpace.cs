using Microsoft.Extensions.Logging;
using Varve.Storage.FileSystem;

namespace Varve.Storage.Log;

/// <summary>
/// Room on the disk for entries that are still to come: taken before an entry is handed to the log, so that a full disk is found out while it can
/// still be refused, and never tears or stops anything. A part of it is kept back for changes that let something go. Any thread.
/// </summary>
/// <remarks>
/// What is taken is laid out in the log's own files, ahead of its end, and stays theirs through a restart: so a node opens on a full disk. Where the
/// file system cannot lay out, nothing is promised: a write that finds no room then ends the log, as any failed write does.
/// </remarks>
internal sealed class LogSpace : IDisposable
{
    private const long StepBytesMax = 16L << 20;
    private const int KeptBackPages = 4;

    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    private readonly LogFiles _files;
    private readonly Func<long> _tail;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private readonly ITimer _timer;
    private readonly long _keptBackBytes;
    private readonly long _stepBytes;
    private volatile StorageException? _shortage;
    private long _reservedUpTo;
    private long _triedAt;
    private bool _isSupported = true;
    private bool _isClosed;

    /// <param name="files">Where the room is.</param>
    /// <param name="recoveredTail">FASTER's address behind the last entry.</param>
    /// <param name="tail">The same, later on.</param>
    /// <param name="time">Says when to try again.</param>
    /// <param name="logger">Is told of a full disk, and of its end.</param>
    public LogSpace(LogFiles files, long recoveredTail, Func<long> tail, TimeProvider time, ILogger logger)
    {
        _files = files;
        _tail = tail;
        _time = time;
        _logger = logger;
        _reservedUpTo = recoveredTail & -OpenLogFile.BlockBytes;
        _keptBackBytes = (long)KeptBackPages * files.Layout.PageBytes;
        _stepBytes = Math.Min(StepBytesMax, files.Layout.SegmentBytes);
        _timer = time.CreateTimer(_ => TryAgain(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Why appends have to be refused for now; null while there is room. It goes by itself when there is room again.</summary>
    public StorageException? Shortage => _shortage;

    /// <summary>
    /// Whether so many bytes can be written behind the log's end. Where not, <see cref="Shortage"/> says why.
    /// </summary>
    /// <param name="bytes">What the entries take at most, the unused ends of pages included.</param>
    /// <param name="usesKeptBack">For changes that let something go, and so bring the end of the shortage nearer.</param>
    /// <exception cref="IOException">The disk failed otherwise than by being full.</exception>
    public bool TryTake(long bytes, bool usesKeptBack)
    {
        long upTo = _tail() + bytes + (usesKeptBack ? 0 : _keptBackBytes);
        return (upTo <= Volatile.Read(ref _reservedUpTo) && (usesKeptBack || _shortage is null)) || TryLayOut(upTo, isDue: false);
    }

    public void Dispose()
    {
        lock (_gate)
            _isClosed = true;
        _timer.Dispose();
    }

    private bool TryLayOut(long upTo, bool isDue)
    {
        lock (_gate)
        {
            if (_isClosed || (_shortage is not null && !isDue && _time.GetElapsedTime(_triedAt) < RetryInterval))
                return false;
            try
            {
                while (_isSupported && _reservedUpTo < upTo)
                    LayOut();
            }
            catch (IOException full) when (Errno.IsDiskFull(full))
            {
                NoteShortage(full);
                return false;
            }

            NoteRoom();
            return true;
        }
    }

    private void LayOut()
    {
        long number = _files.Layout.File(_reservedUpTo);
        long end = Math.Min(_reservedUpTo + _stepBytes, (number + 1) * _files.Layout.SegmentBytes);
        _files.Ensure(number);
        using (IFile file = _files.Open(number, forWriting: true))
            _isSupported = file.TryAllocate(_files.Layout.OffsetInFile(_reservedUpTo), end - _reservedUpTo);
        if (_isSupported)
            Volatile.Write(ref _reservedUpTo, end);
        else
            _logger.LogWarning("The file system of {File} cannot lay out room ahead: a full disk will stop the node", _files.PathOf(number));
    }

    private void NoteShortage(IOException full)
    {
        _triedAt = _time.GetTimestamp();
        if (_shortage is null)
        {
            _logger.LogError(full, "The disk is full: appends are refused until there is room. Reads go on: {Reason}", full.Message);
            _timer.Change(RetryInterval, RetryInterval);
        }

        _shortage = new StorageException(
            StorageErrorCode.DiskFull,
            $"the disk is full: {full.Message}. Nothing was stored; appends are taken again by themselves when there is room",
            full);
    }

    private void NoteRoom()
    {
        if (_shortage is null)
            return;
        _shortage = null;
        _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _logger.LogInformation("The disk has room again: appends are taken");
    }

    private void TryAgain()
    {
        try
        {
            // One large append that found no room does not keep the small ones out.
            if (_shortage is not null)
                TryLayOut(_tail() + _keptBackBytes + _files.Layout.PageBytes, isDue: true);
        }
        catch (Exception failure) when (failure is IOException or StorageException)
        {
            _logger.LogError(failure, "Room for the log could not be laid out; that is tried again: {Reason}", failure.Message);
        }
    }
}
