using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Google.Protobuf.WellKnownTypes;
using Varve.Arrow;
using Varve.Arrow.Ipc;
using Varve.Protocol.V1;
using Varve.Rpc.Client;

namespace Varve.Client;

/// <summary>
/// One member of a consumer: takes rows that no other member has, keeps them its own while they are processed, connects again by itself, and gives back
/// at the end what it has not begun with. Every row comes at least once; one that was not acknowledged may come again, here or elsewhere.
/// </summary>
public sealed class Consumer : IAsyncDisposable
{
    private readonly ConsumerCalls _calls;
    private readonly ConsumerOptions _options;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<ConsumedBatch> _batches = Channel.CreateUnbounded<ConsumedBatch>();
    private readonly Lock _gate = new();

    /// <summary>By lease, those that are neither acknowledged nor rejected; under the gate.</summary>
    private readonly Dictionary<long, ConsumedBatch> _held = [];
    private readonly SemaphoreSlim _anyHeld = new(0);
    private readonly Task _taking;
    private readonly Task _extending;

    internal Consumer(ConsumerCalls calls, string stream, string name, ConsumerOptions options, TimeProvider time)
    {
        _calls = calls;
        _options = options;
        _time = time;
        Stream = stream;
        Name = name;
        _taking = Task.Run(TakeAsync);
        _extending = Task.Run(ExtendAsync);
    }

    public string Stream { get; }

    public string Name { get; }

    public string Member => _options.Member;

    /// <summary>
    /// The rows, batch by batch, as long as the consumer exists. While one is processed, further ones wait in memory, up to
    /// <see cref="ConsumerOptions.MaxUnacknowledgedRows"/>: acknowledge or reject each. For one reader.
    /// </summary>
    /// <exception cref="VarveException">The consumer or its stream is gone, or the daemon was away for too long.</exception>
    public async IAsyncEnumerable<ConsumedBatch> ReadAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        while (await _batches.Reader.WaitToReadAsync(cancellation))
        {
            while (_batches.Reader.TryRead(out ConsumedBatch? batch))
            {
                batch.HandedOutAt = _time.GetTimestamp();
                yield return batch;
            }
        }
    }

    /// <summary>
    /// Processes batch by batch until it is cancelled: what the handler completes is acknowledged, what it throws at is rejected, to be delivered again
    /// or to go to the dead letters.
    /// </summary>
    /// <exception cref="VarveException">As <see cref="ReadAsync"/>.</exception>
    public async Task RunAsync(Func<ConsumedBatch, CancellationToken, Task> handler, CancellationToken cancellation)
    {
        await foreach (ConsumedBatch batch in ReadAsync(cancellation))
        {
            try
            {
                await handler(batch, cancellation);
            }
#pragma warning disable CA1031 // Whatever it is, the rows were not processed.
            catch (Exception failure) when (!cancellation.IsCancellationRequested)
#pragma warning restore CA1031
            {
                await RejectQuietlyAsync(batch, failure.Message, cancellation);
                continue;
            }

            await batch.AcknowledgeAsync(cancellation);
        }
    }

    /// <summary>Gives back what was not handed out; what was and is not acknowledged is delivered again when its time is over.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested)
            return;
        await _stop.CancelAsync();
        await _taking;
        await _extending;
        var request = new ReleaseLeasesRequest { Stream = Stream, Consumer = Name, Member = Member };
        lock (_gate)
            request.KeepLeaseIds.Add(_held.Values.Where(b => b.HandedOutAt is not null).Select(b => b.LeaseId));
        await _calls.TryAsync<ReleaseLeasesRequest, ReleaseLeasesResponse>("ReleaseLeases", request, CancellationToken.None);
        _stop.Dispose();
        _anyHeld.Dispose();
    }

    internal async Task<long> AcknowledgeAsync(int epoch, long from, long end, CancellationToken cancellation)
    {
        var request = new AcknowledgeRequest
        {
            Stream = Stream,
            Consumer = Name,
            Epoch = epoch,
            Rows = { new OffsetRange { FromOffset = from, ToOffset = end } },
        };
        return (await RetryAsync<AcknowledgeRequest, AcknowledgeResponse>("Acknowledge", request, cancellation)).AcknowledgedRows;
    }

    internal Task ReleaseAsync(long leaseId, CancellationToken cancellation)
    {
        var request = new ReleaseLeasesRequest { Stream = Stream, Consumer = Name, Member = Member, LeaseIds = { leaseId } };
        return _calls.TryAsync<ReleaseLeasesRequest, ReleaseLeasesResponse>("ReleaseLeases", request, cancellation);
    }

    internal Task RejectAsync(long leaseId, string reason, TimeSpan delay, CancellationToken cancellation) =>
        RetryAsync<RejectRequest, RejectResponse>(
            "Reject",
            new RejectRequest
            {
                Stream = Stream,
                Consumer = Name,
                Member = Member,
                LeaseId = leaseId,
                Delay = Duration.FromTimeSpan(delay),
                Reason = reason,
            },
            cancellation);

    internal void Forget(ConsumedBatch batch)
    {
        lock (_gate)
            _held.Remove(batch.LeaseId);
    }

    private static async Task RejectQuietlyAsync(ConsumedBatch batch, string reason, CancellationToken cancellation)
    {
        try
        {
            await batch.RejectAsync(reason, cancellation: cancellation);
        }
        catch (VarveException e) when (e.Code is ErrorCode.LeaseLost)
        {
            // They are delivered again anyway.
        }
    }

    private async Task TakeAsync()
    {
        TimeSpan delay = _options.RetryDelay;
        long goodAt = _time.GetTimestamp();
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                using ServerStreamingCall<ConsumeResponse> call = _calls.Consume(Request(), _stop.Token);
                while (await Failures.Translate(call.ResponseStream.ReadAsync(), _stop.Token) is { } response)
                {
                    goodAt = _time.GetTimestamp();
                    delay = _options.RetryDelay;
                    Hold(response);
                }
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                break;
            }
            catch (VarveException e) when (Producer.IsFinal(e) || _time.GetElapsedTime(goodAt) > _options.RetryFor)
            {
                _batches.Writer.TryComplete(e);
                return;
            }
            catch (VarveException)
            {
                // Tried again.
            }
#pragma warning disable CA1031 // Whatever it is, who waits for rows must learn that none will come.
            catch (Exception unforeseen)
#pragma warning restore CA1031
            {
                _batches.Writer.TryComplete(unforeseen);
                return;
            }

            await Task.Delay(delay, _time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            delay = delay * 2 < _options.RetryDelayMax ? delay * 2 : _options.RetryDelayMax;
        }

        _batches.Writer.TryComplete();
    }

    private void Hold(ConsumeResponse response)
    {
        RecordBatch rows = new IpcPieceReader().Read(response.Arrow.Memory).Single();
        ConsumedBatch batch = new(this, response, rows);
        lock (_gate)
            _held[batch.LeaseId] = batch;
        if (_anyHeld.CurrentCount == 0)
            _anyHeld.Release();
        _batches.Writer.TryWrite(batch);
    }

    /// <summary>Keeps what is held from being delivered again.</summary>
    private async Task ExtendAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            TimeSpan? interval = Interval();
            Task turn = interval is { } wait ? Task.Delay(wait, _time, _stop.Token) : _anyHeld.WaitAsync(_stop.Token);
            await turn.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (interval is null)
                continue;
            long[] leases = Extendable();
            if (_stop.IsCancellationRequested || leases.Length == 0)
                continue;
            var request = new ExtendLeasesRequest { Stream = Stream, Consumer = Name, Member = Member, LeaseIds = { leases } };
            ExtendLeasesResponse? answer = await _calls.TryAsync<ExtendLeasesRequest, ExtendLeasesResponse>("ExtendLeases", request, _stop.Token);
            lock (_gate)
            {
                foreach (long lost in answer?.LostLeaseIds ?? [])
                {
                    if (_held.Remove(lost, out ConsumedBatch? batch))
                        batch.IsLost = true;
                }
            }
        }
    }

    /// <summary>Null while nothing is held.</summary>
    private TimeSpan? Interval()
    {
        const int perLease = 3;
        lock (_gate)
            return _held.Count == 0 ? null : _held.Values.Min(b => b.Lasts) / perLease;
    }

    private long[] Extendable()
    {
        lock (_gate)
            return [.. _held.Values.Where(b => b.HandedOutAt is not { } at || _time.GetElapsedTime(at) < _options.HoldFor).Select(b => b.LeaseId)];
    }

    private ConsumeRequest Request() => new()
    {
        Stream = Stream,
        Consumer = Name,
        Member = Member,
        MaxBatchRows = _options.MaxBatchRows,
        MaxUnacknowledgedRows = _options.MaxUnacknowledgedRows,
        Columns = { _options.Columns },
        Format = RowFormat.Arrow,
    };

    private async Task<TResponse> RetryAsync<TRequest, TResponse>(string method, TRequest request, CancellationToken cancellation)
        where TRequest : class, Google.Protobuf.IMessage<TRequest>, new()
        where TResponse : class, Google.Protobuf.IMessage<TResponse>, new()
    {
        long startedAt = _time.GetTimestamp();
        for (TimeSpan delay = _options.RetryDelay; ; delay = delay * 2 < _options.RetryDelayMax ? delay * 2 : _options.RetryDelayMax)
        {
            try
            {
                return await _calls.CallAsync<TRequest, TResponse>(method, request, cancellation);
            }
            catch (VarveException e) when (!Producer.IsFinal(e) && _time.GetElapsedTime(startedAt) < _options.RetryFor)
            {
                await Task.Delay(delay, _time, cancellation);
            }
        }
    }
}
