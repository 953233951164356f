using Microsoft.Extensions.Logging;
using Varve.Storage.FileSystem;

namespace Varve.Storage.Log;

/// <summary>
/// Writes zeros ahead of the log's tail, so that a commit there changes no metadata: its sync then costs one flush instead of a journal
/// commit as well. It runs on a pool thread, only when asked, and stops at a bounded distance ahead. Any thread.
/// </summary>
/// <remarks>
/// Zeros hold nothing, so a failure here only ends the laying out. It has its own descriptors: the kernel reports a failed write-back once per
/// descriptor, so its syncs can't swallow an error that the committing thread must see.
/// </remarks>
internal sealed class ZeroFill(LogFiles files, long aheadBytes, ILogger logger)
{
    private const int StepBytes = 1 << 20;
    private const int BlockBytes = 4096;

    // Ahead at first, before anything is known about the load.
    private const long SmallestAheadBytes = 4 << 20;

    private readonly object _gate = new();
    private Task _running = Task.CompletedTask;
    private bool _isRunning;
    private bool _stopped;
    private long _first = -1;
    private long _tail;
    private long _filledUpTo;
    private long _stepEnd;

    /// <summary>Says where the tail is. Zeros are laid out ahead of it in the background, as far as has been written since the log was opened.</summary>
    public void Advance(long tail)
    {
        lock (_gate)
        {
            if (_first < 0)
                _first = tail;
            _tail = tail;
            _filledUpTo = Math.Max(_filledUpTo, (tail + BlockBytes - 1) & -BlockBytes);
            if (_stopped || _isRunning || _filledUpTo - tail > AheadBytes / 2)
                return;
            _isRunning = true;
            _running = Task.Run(Fill);
        }
    }

    /// <summary>Takes a range for a write: waits while zeros are being written into it and keeps them away from now on.</summary>
    public void Claim(long start, long end)
    {
        lock (_gate)
        {
            while (_stepEnd > start && _filledUpTo < end)
                Monitor.Wait(_gate);
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

    private long AheadBytes => Math.Min(Math.Max(_tail - _first, SmallestAheadBytes), aheadBytes);

    private void Fill()
    {
        try
        {
            WriteSteps();
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
                _stepEnd = 0;
                _isRunning = false;
                Monitor.PulseAll(_gate);
            }
        }
    }

    private void WriteSteps()
    {
        var zeros = new byte[(int)Math.Min(StepBytes, files.Layout.SegmentBytes)];
        IFile? file = null;
        long number = -1;
        try
        {
            while (NextStep(zeros.Length) is var (start, end))
            {
                if (number != files.Layout.File(start))
                {
                    file?.Dispose();
                    file = null;
                    number = files.Layout.File(start);
                    files.Ensure(number);
                    file = files.Open(number, forWriting: true);
                }

                file!.Write(zeros.AsSpan(0, (int)(end - start)), files.Layout.OffsetInFile(start));
                file.SyncData();
            }
        }
        finally
        {
            file?.Dispose();
        }
    }

    private (long Start, long End)? NextStep(int stepBytes)
    {
        lock (_gate)
        {
            if (_stepEnd > 0)
                _filledUpTo = Math.Max(_filledUpTo, _stepEnd);
            _stepEnd = 0;
            Monitor.PulseAll(_gate);
            if (_stopped || _filledUpTo - _tail >= AheadBytes)
                return null;
            long fileEnd = (files.Layout.File(_filledUpTo) + 1) * files.Layout.SegmentBytes;
            _stepEnd = Math.Min((_filledUpTo / stepBytes * stepBytes) + stepBytes, fileEnd);
            return (_filledUpTo, _stepEnd);
        }
    }
}
