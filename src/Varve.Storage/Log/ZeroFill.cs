using Microsoft.Extensions.Logging;
using Varve.Storage.FileSystem;

namespace Varve.Storage.Log;

/// <summary>
/// Writes zeros ahead of the log's tail, so that a commit there changes no metadata: its sync then costs one flush instead of a journal
/// commit as well. It runs on a pool thread, only when asked, and stops at a bounded distance ahead. Any thread.
/// </summary>
/// <remarks>
/// Zeros hold nothing, so a failure here only ends the laying out; a full disk ends it for a while. It has its own descriptors: the kernel reports a
/// failed write-back once per descriptor, so its syncs can't swallow an error that the committing thread must see.
/// </remarks>
internal sealed class ZeroFill(LogFiles files, long smallestAheadBytes, long largestAheadBytes, ILogger logger)
{
    private const int StepBytes = 1 << 20;
    private const int SyncBytes = 4 << 20;
    private const int BlockBytes = OpenLogFile.BlockBytes;

    private readonly object _gate = new();
    private Task _running = Task.CompletedTask;
    private bool _isRunning;
    private bool _stopped;
    private long _first = -1;
    private long _tail;
    private long _pausedUpTo;

    // Zeros are only ever written from here on; it never moves back, and stands behind every range that was claimed.
    private long _filledUpTo;
    private long _stepStart;
    private long _stepEnd;
    private int _waitingClaims;

    /// <summary>
    /// Says where the tail is. Zeros are laid out ahead of it in the background, as far as has been written since the log was opened.
    /// </summary>
    public void Advance(long tail)
    {
        lock (_gate)
        {
            if (_first < 0)
                _first = tail;
            _tail = tail;
            _filledUpTo = Math.Max(_filledUpTo, (tail + BlockBytes - 1) & -BlockBytes);
            if (_stopped || _isRunning || tail < _pausedUpTo || _filledUpTo - tail >= AheadBytes / 2)
                return;
            _isRunning = true;
            _running = Task.Run(Fill);
        }
    }

    /// <summary>
    /// Takes a range for a write: waits while zeros are being written into it and keeps them away from now on. Writes may come out of order: FASTER
    /// starts a page while the end of the one before still waits. A write that had to wait has caught up with the zeros, so no more are laid out
    /// until the next <see cref="Advance"/>.
    /// </summary>
    public void Claim(long start, long end)
    {
        lock (_gate)
        {
            _waitingClaims++;
            while (_stepStart < end && start < _stepEnd)
                Monitor.Wait(_gate);
            _waitingClaims--;
            _filledUpTo = Math.Max(_filledUpTo, end);
        }
    }

    /// <summary>Completes when nothing is being written any more.</summary>
    public Task StopAsync()
    {
        lock (_gate)
        {
            _stopped = true;
            return _running;
        }
    }

    private long AheadBytes => Math.Min(Math.Max(_tail - _first, smallestAheadBytes), largestAheadBytes);

    private void Fill()
    {
        try
        {
            WriteSteps();
        }
        catch (IOException full) when (Errno.IsDiskFull(full))
        {
            lock (_gate)
                _pausedUpTo = _tail + StepBytes;
            logger.LogDebug(full, "The disk is full: no zeros are laid out ahead of the log's tail for now");
        }
        catch (Exception failure) when (failure is IOException or StorageException)
        {
            logger.LogWarning(failure, "No more zeros are laid out ahead of the log's tail; commits become slower");
            _ = StopAsync();
        }
        finally
        {
            lock (_gate)
            {
                _stepStart = _stepEnd = 0;
                _isRunning = false;
                Monitor.PulseAll(_gate);
            }
        }
    }

    private void WriteSteps()
    {
        using var zeros = new AlignedMemory((int)Math.Min(StepBytes, files.Layout.SegmentBytes));
        OpenLogFile? file = null;
        long number = -1;
        long unsyncedBytes = 0;
        try
        {
            while (NextStep() is var (start, end))
            {
                if (number != files.Layout.File(start))
                {
                    file?.SyncData();
                    file?.Dispose();
                    file = null;
                    number = files.Layout.File(start);
                    files.Ensure(number);
                    file = files.OpenForWriting(number);
                }

                file!.Write(zeros.Span[..(int)(end - start)], files.Layout.OffsetInFile(start));
                FinishStep();
                unsyncedBytes += end - start;
                if (unsyncedBytes < SyncBytes)
                    continue;
                file.SyncData();
                unsyncedBytes = 0;
            }

            file?.SyncData();
        }
        finally
        {
            file?.Dispose();
        }
    }

    private (long Start, long End)? NextStep()
    {
        lock (_gate)
        {
            if (_stopped || _waitingClaims > 0 || _filledUpTo - _tail >= AheadBytes)
                return null;
            long fileEnd = (files.Layout.File(_filledUpTo) + 1) * files.Layout.SegmentBytes;
            _stepStart = _filledUpTo;
            _stepEnd = Math.Min(_stepStart + StepBytes, fileEnd);
            return (_stepStart, _stepEnd);
        }
    }

    private void FinishStep()
    {
        lock (_gate)
        {
            // A write further on may have moved the mark meanwhile.
            _filledUpTo = Math.Max(_filledUpTo, _stepEnd);
            _stepStart = _stepEnd = 0;
            Monitor.PulseAll(_gate);
        }
    }
}
