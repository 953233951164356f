using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Varve.Storage.Streams;

namespace Varve.Storage.Segments.Sealing;

/// <summary>
/// Seals, compacts, trims and deletes in the background, on one thread of its own, so that all of it together never takes more than one core. Looks
/// for work when it is woken, and every second. Any thread wakes and asks.
/// </summary>
/// <remarks>
/// Order of urgency: files and versions of keys that go, what somebody asked for, rows that are not to be kept, tails, segments to write anew. The
/// last takes long, and lets asked-for and due seals come between its blocks. At the end of the engine a seal under way is finished and a compaction
/// abandoned: a file that is not finished has no name that counts.
/// </remarks>
internal sealed class SealService : IAsyncDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private readonly SealWork _work;
    private readonly SealSignal _signal;
    private readonly bool _worksByItself;
    private readonly ILogger _logger;
    private readonly ConcurrentQueue<SealRequest> _requests = [];
    private readonly ITimer _timer;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isStopping;

    /// <param name="work">What there is to do.</param>
    /// <param name="signal">Wakes it.</param>
    /// <param name="worksByItself">False: only what is asked for is done.</param>
    /// <param name="time">Wakes it too.</param>
    /// <param name="logger">Is told of failures.</param>
    public SealService(SealWork work, SealSignal signal, bool worksByItself, TimeProvider time, ILogger logger)
    {
        _work = work;
        _worksByItself = worksByItself;
        _logger = logger;
        _signal = signal;
        _timer = time.CreateTimer(_ => signal.Set(), null, Period, Period);
        new Thread(Run) { IsBackground = true, Name = "varve-seal" }.Start();
    }

    /// <summary>Completes when the rows that the stream has now are in segments.</summary>
    /// <exception cref="StorageException">The stream was dropped, a segment could not be written, or the node stops.</exception>
    public Task FlushAsync(StreamState stream) => Ask(new FlushRequest(stream, stream.Head.EndOffset));

    /// <summary>Completes when the stream has as few segments as their sizes allow, in the order and with the key that it is to have now.</summary>
    /// <inheritdoc cref="FlushAsync"/>
    public Task CompactAsync(StreamState stream) => Ask(new CompactRequest(stream));

    /// <summary>Ends the work; what is asked for and not begun fails.</summary>
    public async ValueTask DisposeAsync()
    {
        _isStopping = true;
        _signal.Set();
        await _ended.Task.ConfigureAwait(false);
        await _timer.DisposeAsync().ConfigureAwait(false);
        FailAll();
    }

    private Task Ask(SealRequest request)
    {
        _requests.Enqueue(request);
        _signal.Set();

        // Whoever comes after the end answers himself.
        if (_ended.Task.IsCompleted)
            FailAll();
        return request.Result;
    }

    private void Run()
    {
        while (!_isStopping)
        {
            _signal.Wait();
            try
            {
                while (!_isStopping && Step())
                {
                }
            }
            catch (OperationCanceledException) when (_isStopping)
            {
                // The compaction under way was abandoned.
            }
#pragma warning disable CA1031 // Appends and reads can do without this thread, and the next second may go better; the log says what is wrong.
            catch (Exception broken)
#pragma warning restore CA1031
            {
                _logger.LogCritical(broken, "The background work failed and goes on: {Reason}", broken.Message);
            }
        }

        _ended.TrySetResult();
    }

    /// <summary>False when nothing is due.</summary>
    private bool Step()
    {
        _work.Retention.DeleteRetired();
        _work.Keys.Retire();
        if (_requests.TryDequeue(out SealRequest? request))
        {
            request.Serve(_work, Pause);
            return true;
        }

        return _worksByItself && (_work.Retention.Trim() || _work.Tails.Seal() || _work.Compaction.Compact(Pause));
    }

    /// <summary>Lets what is more urgent come between.</summary>
    /// <exception cref="OperationCanceledException">The service ends.</exception>
    private void Pause()
    {
        if (_isStopping)
            throw new OperationCanceledException("the engine is being closed");
        if (!_signal.TryTake())
            return;
        while (!_isStopping && _requests.TryPeek(out SealRequest? next) && next is FlushRequest && _requests.TryDequeue(out SealRequest? request))
            request.Serve(_work, Pause);
        while (!_isStopping && _work.Tails.Seal())
        {
        }
    }

    private void FailAll()
    {
        while (_requests.TryDequeue(out SealRequest? request))
            request.Fail(new StorageException(StorageErrorCode.NodeStopped, "nothing is sealed any more: the engine is closed"));
    }
}
