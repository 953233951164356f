using Varve.Arrow;
using Varve.Protocol.V1;
using Varve.Rpc;
using Varve.Rpc.Client;

namespace Varve.Client;

/// <summary>
/// Appends batches so that each is stored once, in order, through lost connections and restarts of the daemon: it numbers them, keeps those without an
/// answer, and sends them again. Any thread; batches are stored in the order in which <see cref="AppendAsync"/> took them.
/// </summary>
/// <remarks>
/// After a restart of the program, opening the producer of the same name tells by <see cref="NextSequence"/> how many batches were stored, so a program
/// that reads its input in fixed steps goes on where it was. An append that the daemon refuses for good ends the producer: it and all behind it fail, and
/// none of them was stored.
/// </remarks>
public sealed class Producer : IAsyncDisposable
{
    private readonly Func<CancellationToken, DuplexCall<AppendRequest, AppendResponse>> _open;
    private readonly ProducerOptions _options;
    private readonly TimeProvider _time;
    private readonly int _epoch;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _sending;
    private readonly Lock _gate = new();

    /// <summary>By number; under the gate, as all that follows.</summary>
    private readonly Dictionary<long, Pending> _unanswered = [];
    private long _oldest;
    private long _next;
    private long _unansweredBytes;
    private long _progressAt;
    private Exception? _failure;
    private TaskCompletionSource _changed = NewSignal();

    internal Producer(
        Func<CancellationToken, DuplexCall<AppendRequest, AppendResponse>> open,
        Protocol.V1.Producer session,
        ProducerOptions options,
        TimeProvider time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxUnacknowledgedAppends, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.MaxUnacknowledgedAppends, 128);
        _open = open;
        _options = options;
        _time = time;
        Name = session.Name;
        Id = session.Id;
        _epoch = session.Epoch;
        _oldest = _next = session.NextSequence;
        _sending = Task.Run(RunAsync);
    }

    /// <summary>Opens a session, again and again until it is there or that was tried for long enough.</summary>
    internal static async Task<Protocol.V1.Producer> OpenAsync(
        Func<Task<OpenProducerResponse>> open, ProducerOptions options, TimeProvider time, CancellationToken cancellation)
    {
        long startedAt = time.GetTimestamp();
        for (TimeSpan delay = options.RetryDelay; ; delay = Min(2 * delay, options.RetryDelayMax))
        {
            try
            {
                return (await open()).Producer;
            }
            catch (VarveException e) when (!IsFinal(e) && time.GetElapsedTime(startedAt) < options.RetryFor)
            {
                await Task.Delay(delay, time, cancellation);
            }
        }
    }

    public string Name { get; }

    public long Id { get; }

    /// <summary>The number that the next append gets: how many of this producer's appends were stored or are under way.</summary>
    public long NextSequence
    {
        get
        {
            lock (_gate)
                return _next;
        }
    }

    /// <summary>
    /// Takes one atomic batch with at least one row; waits while too much is without an answer. The outer task completes when the batch is taken (its
    /// buffers may then change), the inner one when its rows are durable and visible.
    /// </summary>
    /// <param name="stream">The stream.</param>
    /// <param name="batch">The rows.</param>
    /// <param name="expectedOffset">Where the stream must end; null: anywhere.</param>
    /// <param name="cancellation">Ends the wait; then the batch was not taken.</param>
    /// <exception cref="VarveException">An earlier batch was refused for good, or the daemon was away for too long.</exception>
    public async ValueTask<Task<AppendAck>> AppendAsync(
        string stream, RecordBatch batch, long? expectedOffset = null, CancellationToken cancellation = default)
    {
        if (batch.RowCount == 0)
            throw new ArgumentException("a producer's batch has at least one row", nameof(batch));
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                ThrowIfEnded();
                if (_unanswered.Count < _options.MaxUnacknowledgedAppends
                    && (_unanswered.Count == 0 || _unansweredBytes < _options.MaxUnacknowledgedBytes))
                    return Take(stream, batch, expectedOffset).Ack.Task;
                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellation);
        }
    }

    /// <summary>Waits until everything that was taken is answered.</summary>
    /// <exception cref="VarveException">A batch was refused for good, or the daemon was away for too long.</exception>
    public async Task FlushAsync(CancellationToken cancellation = default)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                ThrowIfEnded();
                if (_unanswered.Count == 0)
                    return;
                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellation);
        }
    }

    /// <summary>Ends at once. What has no answer may or may not be stored; opening the producer again tells.</summary>
    public async ValueTask DisposeAsync()
    {
        Fail(new ObjectDisposedException(nameof(Producer)));
        await _stop.CancelAsync();
        await _sending;
        _stop.Dispose();
    }

    private Pending Take(string stream, RecordBatch batch, long? expectedOffset)
    {
        AppendRequest request = new StreamBatch(stream, batch, expectedOffset).ToRequest();
        request.RequestId = (ulong)_next;
        request.Producer = new ProducerSequence { ProducerId = Id, Epoch = _epoch, Sequence = _next };
        Pending taken = new(request);
        if (_unanswered.Count == 0)
            _progressAt = _time.GetTimestamp();
        _unanswered.Add(_next++, taken);
        _unansweredBytes += taken.SizeBytes;
        Signal();
        return taken;
    }

    private async Task RunAsync()
    {
        try
        {
            await SendAsync();
        }
#pragma warning disable CA1031 // Whatever it is, who waits for an answer must learn that none will come.
        catch (Exception unforeseen)
#pragma warning restore CA1031
        {
            Fail(unforeseen);
        }
    }

    /// <summary>One call after the other, each of which begins with what the one before left without an answer.</summary>
    private async Task SendAsync()
    {
        TimeSpan delay = _options.RetryDelay;
        while (await WaitForAsync(() => _unanswered.Count > 0))
        {
            long oldest = _oldest;
            try
            {
                await CallAsync();
            }
            catch (RpcException e) when (IsFinal(VarveException.From(e)) || _time.GetElapsedTime(_progressAt) > _options.RetryFor)
            {
                Fail(VarveException.From(e));
                return;
            }
            catch (RpcException)
            {
                // Tried again: whatever was stored is known by its number.
            }

            delay = oldest == _oldest ? Min(2 * delay, _options.RetryDelayMax) : _options.RetryDelay;
            await Task.Delay(delay, _time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Sends what has no answer and all that comes, until the call ends.</summary>
    private async Task CallAsync()
    {
        using DuplexCall<AppendRequest, AppendResponse> call = _open(_stop.Token);
        Task answers = AnswersAsync(call);
        try
        {
            for (long next = _oldest; await WaitForAsync(() => next < _next, answers); next++)
            {
                AppendRequest? request;
                lock (_gate)
                    request = _unanswered.GetValueOrDefault(next)?.Request;
                if (request is not null)
                    await call.RequestStream.WriteAsync(request);
            }
        }
        catch (RpcException)
        {
            // The answers' side knows better why the call ended.
        }

        await answers;
    }

    private async Task AnswersAsync(DuplexCall<AppendRequest, AppendResponse> call)
    {
        while (await call.ResponseStream.ReadAsync() is { } answer)
        {
            Pending answered;
            lock (_gate)
            {
                if (answer.RequestId != (ulong)_oldest || !_unanswered.Remove(_oldest, out answered!))
                    throw new RpcException(StatusCode.Internal, $"append {answer.RequestId} was answered, {_oldest} was to be next");
                _oldest++;
                _unansweredBytes -= answered.SizeBytes;
                _progressAt = _time.GetTimestamp();
                Signal();
            }

            answered.Ack.TrySetResult(AppendAck.Of(answer));
        }

        throw new RpcException(StatusCode.Unavailable, "the daemon ended the call");
    }

    /// <summary>False once the producer has ended, or what it may wait for no longer than.</summary>
    private async Task<bool> WaitForAsync(Func<bool> condition, Task? until = null)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (_failure is not null || until is { IsCompleted: true })
                    return false;
                if (condition())
                    return true;
                changed = _changed.Task;
            }

            await (until is null ? changed : Task.WhenAny(changed, until));
        }
    }

    /// <summary>Whether sending it again can't help: the daemon said what is wrong with it, and it is neither full nor stopped.</summary>
    internal static bool IsFinal(VarveException e) =>
        e.Status is StatusCode.Unauthenticated or StatusCode.PermissionDenied or StatusCode.Unimplemented
        || e.Code is not (ErrorCode.Unspecified or ErrorCode.NodeStopped or ErrorCode.MemoryLimit or ErrorCode.DiskFull or ErrorCode.DiskError);

    private void Fail(Exception failure)
    {
        lock (_gate)
        {
            if (_failure is not null)
                return;
            _failure = failure;
            foreach (Pending pending in _unanswered.Values)
                pending.Ack.TrySetException(failure);
            _unanswered.Clear();
            Signal();
        }
    }

    private void ThrowIfEnded()
    {
        if (_failure is { } failure)
            throw failure;
    }

    private void Signal()
    {
        TaskCompletionSource changed = _changed;
        _changed = NewSignal();
        changed.TrySetResult();
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private sealed class Pending(AppendRequest request)
    {
        /// <summary>Encoded once, so that it can be sent again and the rows' buffers may change.</summary>
        public AppendRequest Request => request;

        public long SizeBytes => request.Arrow.Length;

        /// <summary>Completes with the daemon's answer.</summary>
        public TaskCompletionSource<AppendAck> Ack { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
