using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;
using Varve.Rpc.Framing;
using Varve.Rpc.Wire;

namespace Varve.Rpc.Client;

/// <summary>
/// One HTTP/2 request and response under a call of any kind. One thread may read while another writes; Dispose may come from any thread.
/// </summary>
internal sealed class Exchange : IDisposable
{
    private readonly GrpcChannel _channel;
    private readonly CallOptions _options;
    private readonly CallClock _clock;
    private readonly RequestContent? _requestContent;
    private readonly Task<HttpResponseMessage> _responseTask;
    private HttpResponseMessage? _response;
    private FrameReader? _reader;
    private CancellationTokenRegistration _letGo;
    private bool _isEnded;
    private bool _isDisposed;
    private RpcException? _failure;

    /// <param name="channel">Where the call goes.</param>
    /// <param name="path">/package.Service/Method.</param>
    /// <param name="options">Of this call.</param>
    /// <param name="single">The one request of a method that takes one; null where the caller writes.</param>
    public Exchange(GrpcChannel channel, string path, CallOptions options, IMessage? single)
    {
        _channel = channel;
        _options = options;
        _clock = new CallClock(channel.Options.Time, options.Timeout, options.Cancellation, channel.Closed);
        HttpRequestMessage request = CreateRequest(path);
        if (single is not null)
            request.Content = new SingleMessageContent(single, RequestEncoding);
        else
            request.Content = _requestContent = new RequestContent();
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(GrpcHeaders.ContentType);
        _responseTask = channel.SendAsync(request, _clock.Token);
    }

    /// <summary>Empty until the headers are there.</summary>
    public Metadata ResponseHeaders { get; } = new();

    /// <summary>Empty until the call has ended.</summary>
    public Metadata Trailers { get; } = new();

    public RequestContent RequestContent =>
        _requestContent ?? throw new InvalidOperationException("the call's one request went out with its headers");

    public string? RequestEncoding => _options.CompressRequests ? MessageCompression.Gzip : null;

    public CancellationToken Cancelled => _clock.Token;

    /// <summary>Completes with the response's headers, or throws the status where the call failed before them.</summary>
    public async Task ReceiveHeadersAsync()
    {
        if (_reader is not null || _isEnded)
        {
            ThrowIfFailed();
            return;
        }

        try
        {
            _response = await _responseTask;
            await AcceptAsync(_response);
        }
        catch (Exception e) when (ClientErrors.IsTransport(e))
        {
            throw Fail(e);
        }
    }

    /// <summary>The next message, or the end where the call ended with OK.</summary>
    public async ValueTask<FrameRead<T>> ReadAsync<T>(FrameDecoder<T> decode)
    {
        if (_reader is null)
            await ReceiveHeadersAsync();
        if (_isEnded)
        {
            ThrowIfFailed();
            return FrameRead<T>.End;
        }

        try
        {
            FrameRead<T> read = await _reader!.ReadAsync(decode, _clock.Token);
            if (!read.HasMessage)
                End(_response!.TrailingHeaders);
            return read;
        }
        catch (Exception e) when (ClientErrors.IsTransport(e))
        {
            throw Fail(e);
        }
    }

    /// <summary>Completes when messages can be written; throws where the connection failed first.</summary>
    public async Task WaitForRequestStreamAsync()
    {
        Task opened = RequestContent.Opened;
        await Task.WhenAny(opened, _responseTask).WaitAsync(_clock.Token);
        if (!opened.IsCompleted)
            await _responseTask;
        await opened.WaitAsync(_clock.Token);
    }

    /// <summary>What a failed write means. The server may have ended the call early: then its status is the answer, not the broken write.</summary>
    public RpcException WriteFailed(Exception e)
    {
        if (_failure is not null || _clock.EndedBy != CallEnd.None)
            return _failure ?? Fail(e);
        if (_responseTask.IsCompletedSuccessfully)
        {
            return new RpcException(
                StatusCode.Unavailable, "the server ended the call before it took this message; reading on gives its status", inner: e);
        }

        return ClientErrors.Map(e, _clock, _channel.Address);
    }

    /// <summary>Tells the server that the call is cancelled, where it has not ended.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, true))
            return;
        if (!_isEnded)
            _clock.Cancel();
        _letGo.Unregister();
        _requestContent?.Abandon();
        _reader?.Dispose();
        _response?.Dispose();
        _clock.Dispose();
    }

    private HttpRequestMessage CreateRequest(string path)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_channel.Address, path))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        HttpRequestHeaders headers = request.Headers;

        // HttpClient expects this name in the server's certificate and sends it as :authority.
        headers.Host = _channel.Options.Tls?.ServerName;
        headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        headers.TryAddWithoutValidation("user-agent", _channel.Options.UserAgent);
        headers.TryAddWithoutValidation(GrpcHeaders.AcceptEncoding, MessageCompression.Accepted);
        if (_options.Timeout is { } timeout)
            headers.TryAddWithoutValidation(GrpcHeaders.Timeout, GrpcTimeout.Format(timeout));
        if (RequestEncoding is { } encoding)
            headers.TryAddWithoutValidation(GrpcHeaders.Encoding, encoding);
        if (_channel.Options.BearerToken is { } token)
            headers.TryAddWithoutValidation("authorization", $"Bearer {token}");
        foreach (MetadataEntry entry in _channel.Options.Headers ?? [])
            headers.TryAddWithoutValidation(entry.Key, Metadata.ToWire(entry));
        foreach (MetadataEntry entry in _options.Headers ?? [])
            headers.TryAddWithoutValidation(entry.Key, Metadata.ToWire(entry));
        return request;
    }

    private async Task AcceptAsync(HttpResponseMessage response)
    {
        if (response.Headers.Contains(GrpcHeaders.Status))
        {
            End(response.Headers);
            return;
        }

        if (response.StatusCode != HttpStatusCode.OK)
            throw Fail(ClientErrors.FromHttpStatus((int)response.StatusCode));
        string? contentType = response.Content.Headers.ContentType?.ToString();
        if (!GrpcHeaders.IsGrpcContentType(contentType))
            throw Fail(new RpcException(StatusCode.Unknown, $"the server answered with content-type '{contentType}', so it does not speak gRPC"));
        string? named = First(response.Headers, GrpcHeaders.Encoding);
        if (!MessageCompression.TryParse(named, out string? encoding))
            throw Fail(new RpcException(StatusCode.Internal, $"the server answers in grpc-encoding '{named}', which it was not offered"));

        // Cancelling a read ends only the read; the server hears of it when the response is let go.
        _letGo = _clock.Token.UnsafeRegister(static response => ((HttpResponseMessage)response!).Dispose(), response);
        Collect(response.Headers, ResponseHeaders);
        Stream body = await response.Content.ReadAsStreamAsync(_clock.Token);
        _reader = new FrameReader(body, _channel.Options.MaxReceiveMessageBytes, encoding, _channel.Options.ReadBufferBytes);
    }

    /// <summary>Takes the status from the trailers, or from the headers of a response that has nothing else.</summary>
    private void End(HttpResponseHeaders headers)
    {
        Collect(headers, Trailers);
        if (First(headers, GrpcHeaders.Status) is not { } status)
            throw Fail(new RpcException(StatusCode.Unknown, "the response ended without a grpc-status"));
        _isEnded = true;

        // HttpClient takes the exchange for unfinished while the request is open, and keeps a connection that the server wants to close.
        _requestContent?.Complete();
        _failure = StatusTrailers.Parse(status, First(headers, GrpcHeaders.Message), Trailers, First(headers, GrpcHeaders.StatusDetails));
        ThrowIfFailed();
    }

    private RpcException Fail(Exception e)
    {
        _isEnded = true;
        return _failure ??= ClientErrors.Map(e, _clock, _channel.Address);
    }

    private void ThrowIfFailed()
    {
        if (_failure is not null)
            throw _failure;
    }

    private static void Collect(HttpResponseHeaders headers, Metadata into)
    {
        foreach ((string key, IEnumerable<string> values) in headers)
        {
            foreach (string value in values)
                into.AddFromWire(key, value);
        }
    }

    private static string? First(HttpResponseHeaders headers, string key) =>
        headers.TryGetValues(key, out IEnumerable<string>? values) ? values.First() : null;
}
