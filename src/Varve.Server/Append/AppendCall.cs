using Microsoft.Extensions.Logging;
using Varve.Arrow;
using Varve.Protocol.V1;
using Varve.Rpc;
using Varve.Rpc.Framing;
using Varve.Rpc.Server;
using Varve.Server.Errors;
using Varve.Storage;

namespace Varve.Server.Append;

/// <summary>
/// One Append call. One side reads requests and hands their rows to the engine, in order, without waiting for them to be durable; the other answers them in
/// that same order. The first failure ends both: what came before it is acknowledged, nothing after it is taken.
/// </summary>
internal sealed class AppendCall(AppendServices services, ServerCall call) : IDisposable
{
    private readonly UnansweredAppends _unanswered = new(services.Limits.MaxUnansweredRequests, services.Limits.MaxUnansweredBytes);
    private readonly RowDecoder _decoder = new(services.Engine, services.MaxBatchBytes);
    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(call.Cancelled);

    /// <summary>The stream of the newest request, which the next may leave out.</summary>
    private string _stream = "";
    private long _requestCount;
    private long _answerCount;

    /// <summary>Why reading ended before the client was done; set before the queue is completed.</summary>
    private Exception? _readFailure;

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
                FrameRead<SizedRequest> read = await call.ReadAsync(SizedRequest.Parse, _stop.Token);
                if (!read.HasMessage)
                    return;
                PendingAppend append = Take(read.Message);
                _requestCount++;
                _unanswered.Add(append);
                if (append.Result.IsFaulted)
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

    private PendingAppend Take(SizedRequest sized)
    {
        AppendRequest request = sized.Request;
        long startedAt = services.Time.GetTimestamp();
        if (request.Stream.Length > 0)
            _stream = request.Stream;
        if (_stream.Length == 0)
            throw ErrorMapper.InvalidRequest("the first request of an Append call must name its stream");
        RecordBatch rows = _decoder.Decode(_stream, request);

        // Not the call's token: once a batch is handed over, later ones count on it.
        Task<AppendResult> result = services.Engine.AppendAsync(_stream, rows, CancellationToken.None);
        return new PendingAppend(request.RequestId, _stream, result, sized.SizeBytes, startedAt);
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
        if (_readFailure is not null)
            throw call.Cancelled.IsCancellationRequested ? _readFailure : ErrorMapper.Map(AsTooLarge(_readFailure), NullIfEmpty(_stream), _requestCount) ?? _readFailure;
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
        call.Write(new AppendResponse
        {
            RequestId = append.RequestId,
            Stream = result.Stream,
            FirstOffset = result.FirstOffset,
            RowCount = result.RowCount,
            Position = result.Position.Value,
            Durability = (Protocol.V1.Durability)result.Durability,
        });
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
    private static Exception AsTooLarge(Exception failure) => failure is RpcException { Code: StatusCode.ResourceExhausted } e && e.FindDetail<ErrorDetail>() is null
        ? ErrorMapper.Create(ErrorCode.BatchTooLarge, e.Message, inner: e)
        : failure;

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
}
