using Microsoft.Extensions.Logging;
using Varve.Storage.FileSystem;

namespace Varve.Storage.Checking;

/// <summary>
/// Verifies everything again and again in the background, at a set rate, so that damage is known before somebody needs what is damaged. It has a
/// thread of its own. Disposing ends it.
/// </summary>
internal sealed class Scrubber : IAsyncDisposable
{
    /// <summary>Waits that are shorter cost more than they bring.</summary>
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(20);

    private readonly EngineCheck _check;
    private readonly StorageOptions _options;
    private readonly ScrubMeter _meter;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _passStartedAt;
    private long _passBytes;

    /// <param name="check">Verifies everything once.</param>
    /// <param name="options">Say how fast and how often.</param>
    /// <param name="meter">Is told of what was found.</param>
    /// <param name="logger">The same.</param>
    public Scrubber(EngineCheck check, StorageOptions options, ScrubMeter meter, ILogger logger)
    {
        _check = check;
        _options = options;
        _meter = meter;
        _logger = logger;
        if (options.ScrubBytesPerSecond > 0)
            new Thread(Run) { IsBackground = true, Name = "varve-scrub", Priority = ThreadPriority.BelowNormal }.Start();
        else
            _ended.SetResult();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _ended.Task.ConfigureAwait(false);
        _stop.Dispose();
    }

    private void Run()
    {
        TimeSpan wait = _options.ScrubDelay;
        while (!_stop.Token.WaitHandle.WaitOne(wait))
        {
            _passStartedAt = _options.Time.GetTimestamp();
            _passBytes = 0;
            try
            {
                Pass();
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                break;
            }
#pragma warning disable CA1031 // The next pass may go better; a thread that ends for it would end the process.
            catch (Exception broken)
#pragma warning restore CA1031
            {
                _logger.LogError(broken, "The check in the background failed and is begun again later: {Reason}", broken.Message);
            }

            TimeSpan elapsed = _options.Time.GetElapsedTime(_passStartedAt);
            wait = elapsed < _options.ScrubInterval ? _options.ScrubInterval - elapsed : TimeSpan.Zero;
        }

        _ended.SetResult();
    }

    private void Pass()
    {
        CheckReport report = _check.Run(
            new MeteredFileSystem(_options.FileSystem, Pace),
            damage => _logger.LogError("Damage: {Message}", damage.Message),
            _stop.Token);
        _meter.Finished(report, _options.Time.GetUtcNow());
        if (report.Damage.Count == 0)
            _logger.LogInformation("Checked {Files} files with {Bytes} bytes: all is as it was written", report.FileCount, report.ByteCount);
    }

    private void Pace(int bytes)
    {
        _meter.Read(bytes);
        _passBytes += bytes;
        TimeSpan due = TimeSpan.FromSeconds((double)_passBytes / _options.ScrubBytesPerSecond);
        TimeSpan ahead = due - _options.Time.GetElapsedTime(_passStartedAt);
        if (ahead >= ShortestWait)
            _stop.Token.WaitHandle.WaitOne(ahead);
        _stop.Token.ThrowIfCancellationRequested();
    }
}
