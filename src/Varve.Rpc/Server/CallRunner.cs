using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Varve.Rpc.Framing;
using Varve.Rpc.Wire;

namespace Varve.Rpc.Server;

/// <summary>
/// Takes one HTTP/2 request through a call: check, authenticate, handle, decide the status, send it, report. Thread-safe: all that calls share is the
/// budget of their large messages.
/// </summary>
internal sealed class CallRunner(GrpcServerOptions options)
{
    // HTTP/2 error codes (RFC 9113, 7).
    private const int Http2InternalError = 2;
    private const int Http2Cancel = 8;

    private readonly ReceiveBudget _budget = new(options.ReceiveMemoryLimitBytes);

    public async Task RunAsync(HttpContext http, ServerMethod? method)
    {
        if (!IsGrpc(http))
            return;

        LiftHttpLimits(http);
        long started = options.Time.GetTimestamp();
        http.Response.ContentType = GrpcHeaders.ContentType;
        if (http.Request.Headers.ContainsKey(GrpcHeaders.Encoding))
            http.Response.Headers[GrpcHeaders.AcceptEncoding] = MessageCompression.Accepted;
        CallRequest request = CallRequest.Parse(http.Request.Headers);
        using var lifetime = new CallLifetime(options.Time, http.RequestAborted);
        using var reader = new FrameReader(
            http.Request.Body, method?.Options.MaxReceiveMessageBytes ?? options.MaxReceiveMessageBytes,
            request.Encoding, options.ReadBufferBytes, _budget);
        var call = new ServerCall(http, method, lifetime, reader) { Deadline = DeadlineAfter(request.Timeout) };

        Exception? exception = await HandleAsync(call, request, lifetime);
        CallStatus status = CallStatus.Decide(exception, lifetime.Cause, options.MapException, http.TraceIdentifier);
        options.CallEnded?.Invoke(new CallReport(
            call, status.Code, status.Message, options.Time.GetElapsedTime(started),
            reader.BytesRead, call.Writer.BytesWritten, reader.MessagesRead, call.Writer.MessagesWritten, exception));
        if (lifetime.Cause != EndCause.ClientGone)
            await EndAsync(call, status, lifetime.Cause);
    }

    /// <summary>
    /// Runs the handler; its exception is a value here, since every one of them ends as a status and none may reach the connection.
    /// </summary>
    private async Task<Exception?> HandleAsync(ServerCall call, CallRequest request, CallLifetime lifetime)
    {
        try
        {
            if (request.Refusal is { } refusal)
                throw refusal;
            if (call.Method is not { } method)
                throw new RpcException(StatusCode.Unimplemented, $"the server has no method {call.Path}");
            if (options.Stopping.IsCancellationRequested)
                throw new RpcException(CallStatus.Stopping.Code, CallStatus.Stopping.Message);

            if (request.Timeout is { } timeout)
                lifetime.EndAfter(timeout);
            if (method.Kind != MethodKind.Unary)
                lifetime.EndWith(options.StopGrace, options.Stopping);
            if (options.Authenticate is { } authenticate && !method.Options.AllowAnonymous)
                await authenticate(call);
            await method.Handler(call);
            return null;
        }
        catch (Exception e)
        {
            return e;
        }
    }

    private static async Task EndAsync(ServerCall call, CallStatus status, EndCause cause)
    {
        HttpResponse response = call.Http.Response;
        if (call.Writer.IsInsideMessage)
        {
            // Trailers would end the message in its middle; only a reset says that it is not whole.
            call.Http.Features.GetRequiredFeature<IHttpResetFeature>().Reset(cause == EndCause.None ? Http2InternalError : Http2Cancel);
            return;
        }

        // An error before any message goes as one frame of headers ("Trailers-Only").
        bool isTrailersOnly = status.Code != StatusCode.Ok && !response.HasStarted && call.Writer.MessagesWritten == 0;
        if (!isTrailersOnly && !response.HasStarted)
            await response.StartAsync();

        IHeaderDictionary target = isTrailersOnly ? response.Headers : call.Http.Features.GetRequiredFeature<IHttpResponseTrailersFeature>().Trailers;
        StatusTrailers trailers = StatusTrailers.Create(status.Code, status.Message, status.Details);
        target[GrpcHeaders.Status] = trailers.Code;
        if (trailers.Message.Length > 0)
            target[GrpcHeaders.Message] = trailers.Message;
        if (trailers.Details is { } details)
            target[GrpcHeaders.StatusDetails] = details;
        target.Append(call.Trailers);
        if (status.Trailers is { } more)
            target.Append(more);
    }

    /// <summary>What is not gRPC at all is answered in HTTP's own terms.</summary>
    private static bool IsGrpc(HttpContext http)
    {
        if (!HttpProtocol.IsHttp2(http.Request.Protocol))
        {
            http.Response.StatusCode = StatusCodes.Status426UpgradeRequired;
            http.Response.Headers.Upgrade = "HTTP/2";
            return false;
        }

        if (!HttpMethods.IsPost(http.Request.Method))
        {
            http.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            http.Response.Headers.Allow = HttpMethods.Post;
            return false;
        }

        if (!GrpcHeaders.IsGrpcContentType(http.Request.ContentType))
        {
            http.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return false;
        }

        return true;
    }

    /// <summary>
    /// A streaming call may be endless or silent for hours: Kestrel's body size limit would fail it at 30 MB, and its minimum data rate would end the
    /// whole connection after five idle seconds. Each message has its own limit instead.
    /// </summary>
    private static void LiftHttpLimits(HttpContext http)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = null;
        if (http.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
            rate.MinDataRate = null;
    }

    private DateTimeOffset? DeadlineAfter(TimeSpan? timeout)
    {
        if (timeout is not { } after)
            return null;
        DateTimeOffset now = options.Time.GetUtcNow();
        return after < DateTimeOffset.MaxValue - now ? now + after : DateTimeOffset.MaxValue;
    }
}
