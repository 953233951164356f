using Google.Protobuf;
using Microsoft.Extensions.Logging;
using Varve.Protocol.V1;
using Varve.Rpc;
using Varve.Rpc.Server;
using Varve.Server.Errors;
using Varve.Server.Services;
using Varve.Storage;

namespace Varve.Server.Append;

/// <summary>
/// The appends of one call, of varve.v1's Append and of Flight's DoPut alike. One side reads rows and hands them to the engine, in order, without
/// waiting for them to be durable; the other answers them in that same order. The first failure ends both: what came before it is acknowledged,
/// nothing after it is taken.
/// </summary>
internal sealed class AppendPipeline(AppendServices services, ServerCall call, IAppendSource source) : IDisposable
{
    private readonly UnansweredAppends _unanswered = new(services.Limits.MaxUnansweredRequests, services.Limits.MaxUnansweredBytes);
    private readonly AppendOptions _options = new() { Chain = new AppendChain() };
    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(call.Cancelled);
    private long _requestCount;
    private long _answerCount;

    /// <summary>Why reading ended before the client was done; set before the queue is completed.</summary>
    private Exception? _readFailure;

    /// <summary>Completes when the client has sent all and has its answers.</summary>
    public async Task RunAsync()
    {
        await call.SendHeadersAsync();
        Task reading = ReadAsync();
        try
        {
            await AnswerAsync();
        }
        finally
        {
            await _stop.CancelAsync();
            await reading;
        }
    }

    public void Dispose()
    {
        _unanswered.Dispose();
        _stop.Dispose();
    }

    /// <summary>Ends without an exception: what went wrong is for the answering side to tell, when its turn comes.</summary>
    private async Task ReadAsync()
    {
        try
        {
            while (true)
            {
                await _unanswered.WaitForRoomAsync(_stop.Token);
                if (await source.ReadAsync(_stop.Token) is not { } rows)
                    return;

                // Not the call's token: once a batch is handed over, later ones count on it.
                long startedAt = services.Time.GetTimestamp();
                AppendOptions options = rows.Producer is { } producer ? _options with { Producer = producer } : _options;
                Task<AppendResult> result = services.Engine.AppendAsync(
                    new StreamAppend(rows.Stream, rows.Rows, rows.ExpectedOffset), options, CancellationToken.None);

                // From here on the engine's own limit counts the rows: a client that takes no answers holds no room that others need.
                call.ReleaseMessage();
                if (rows.Memory is { } memory)
                    result = GiveBackAsync(memory, result);
                _requestCount++;
                _unanswered.Add(new PendingAppend(rows.RequestId, rows.Stream, result, rows.SizeBytes, startedAt));
                if (result.IsFaulted)
                    return;
            }
        }
        catch (Exception e)
        {
            _readFailure = e;
        }
        finally
        {
            _unanswered.Complete();
        }
    }

    /// <summary>Only rows that are in the tail are certain not to be looked at again.</summary>
    private static async Task<AppendResult> GiveBackAsync(IDisposable memory, Task<AppendResult> appended)
    {
        AppendResult result = await appended;
        memory.Dispose();
        return result;
    }

    private async Task AnswerAsync()
    {
        while (await _unanswered.WaitToTakeAsync())
        {
            while (_unanswered.TryTake(out PendingAppend append))
            {
                if (!append.Result.IsCompleted)
                    await call.FlushAsync();
                Answer(append, await OutcomeAsync(append));
            }

            await call.FlushAsync();
        }

        // What ends the call from outside (client gone, deadline, server stopping) has its own status.
        if (_readFailure is null)
            return;
        if (call.Cancelled.IsCancellationRequested)
            throw _readFailure;
        throw ErrorMapper.Map(AsTooLarge(_readFailure), source.Stream, _requestCount) ?? _readFailure;
    }

    private async ValueTask<AppendResult> OutcomeAsync(PendingAppend append)
    {
        try
        {
            return await append.Result;
        }
        catch (Exception e) when (ErrorMapper.Map(e, append.Stream, _answerCount) is { } failure)
        {
            await call.FlushAsync();
            throw failure;
        }
    }

    private void Answer(PendingAppend append, AppendResult result)
    {
        IMessage? answer = source.Answer(ProducerText.Describe(append.RequestId, result));
        if (answer is not null)
            call.Write(answer);
        _answerCount++;
        _unanswered.Answered(append);
        TimeSpan elapsed = services.Time.GetElapsedTime(append.StartedAt);
        services.Metrics.Appended(result.RowCount, append.SizeBytes, elapsed);
        if (elapsed >= services.Limits.SlowAfter)
        {
            services.Log.LogWarning("slow append: {RowCount} rows to stream {Stream} from {Peer} took {ElapsedMs} ms",
                result.RowCount, result.Stream, call.Peer, (long)elapsed.TotalMilliseconds);
        }
    }

    /// <summary>A message beyond the transport's limit is, to whoever appends, a batch that is too large.</summary>
    private static Exception AsTooLarge(Exception failure) =>
        failure is RpcException { Code: StatusCode.ResourceExhausted } e && e.FindDetail<ErrorDetail>() is null
        ? ErrorMapper.Create(ErrorCode.BatchTooLarge, e.Message, inner: e)
        : failure;
}
