using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Varve.Rpc;

namespace Varve.EndToEnd.Tests.Hostile;

/// <summary>A client that sends any bytes as calls, and gives them up whenever it likes. Any thread.</summary>
internal sealed class RawClient : IDisposable
{
    /// <summary>What is read of an answer before the call is given up.</summary>
    private const int AnswerBytesMax = 4 << 20;

    private readonly Uri _address;
    private readonly HttpMessageInvoker _http;
    private readonly ConcurrentBag<Socket> _sockets = [];

    public RawClient(string endpoint)
    {
        _address = new Uri("http://" + endpoint);
        _http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            UseProxy = false,
            EnableMultipleHttp2Connections = true,
            ActivityHeadersPropagator = null,
            ConnectCallback = ConnectAsync,
        });
    }

    /// <summary>Messages with gRPC's five bytes before each.</summary>
    public static byte[] Frames(IEnumerable<byte[]> messages) => [.. messages.SelectMany(m => Frame((uint)m.Length, m))];

    /// <summary>A frame whose header may lie about the length, and about compression.</summary>
    public static byte[] Frame(uint length, byte[] message, byte flag = 0) =>
        [flag, (byte)(length >> 24), (byte)(length >> 16), (byte)(length >> 8), (byte)length, .. message];

    /// <summary>Sends a body and reads the answer, until the token fires.</summary>
    /// <param name="path">/package.Service/Method.</param>
    /// <param name="body">Frames, or anything.</param>
    /// <param name="patience">When the call is given up.</param>
    /// <param name="headers">More headers.</param>
    public async Task<RawAnswer> CallAsync(string path, HttpContent body, CancellationToken patience, params (string Key, string Value)[] headers)
    {
        using HttpRequestMessage request = Post(path, body, headers);
        try
        {
            using HttpResponseMessage response = await _http.SendAsync(request, patience);
            await DrainAsync(response, patience);
            return Answer(response);
        }
        catch (OperationCanceledException)
        {
            return new RawAnswer(null, "given up");
        }
        catch (Exception e) when (e is HttpRequestException or IOException or HttpProtocolException)
        {
            return new RawAnswer(null, $"reset: {e.Message} {e.InnerException?.Message}");
        }
    }

    public Task<RawAnswer> CallAsync(string path, byte[] body, CancellationToken patience, params (string Key, string Value)[] headers) =>
        CallAsync(path, new ByteArrayContent(body), patience, headers);

    /// <summary>Ends all connections without a word, as a process that is killed does.</summary>
    public void Die()
    {
        while (_sockets.TryTake(out Socket? socket))
            socket.Close(timeout: 0);
    }

    public void Dispose()
    {
        Die();
        _http.Dispose();
    }

    private HttpRequestMessage Post(string path, HttpContent body, (string Key, string Value)[] headers)
    {
        body.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_address, path))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = body,
        };
        foreach ((string key, string value) in headers)
            request.Headers.TryAddWithoutValidation(key, value);
        return request;
    }

    private static async Task DrainAsync(HttpResponseMessage response, CancellationToken patience)
    {
        await using Stream stream = await response.Content.ReadAsStreamAsync(patience);
        byte[] buffer = new byte[64 << 10];
        for (int total = 0; total < AnswerBytesMax;)
        {
            int read = await stream.ReadAsync(buffer, patience);
            if (read == 0)
                return;
            total += read;
        }

        throw new OperationCanceledException();
    }

    private static RawAnswer Answer(HttpResponseMessage response)
    {
        if (response.StatusCode != HttpStatusCode.OK)
            return new RawAnswer(null, $"HTTP {(int)response.StatusCode}");
        string? status = Find(response.Headers, "grpc-status") ?? Find(response.TrailingHeaders, "grpc-status");
        string message = Find(response.Headers, "grpc-message") ?? Find(response.TrailingHeaders, "grpc-message") ?? "";
        return status is null ? new RawAnswer(null, "no status") : new RawAnswer((StatusCode)int.Parse(status), Uri.UnescapeDataString(message));
    }

    private static string? Find(HttpResponseHeaders headers, string name) =>
        headers.TryGetValues(name, out IEnumerable<string>? values) ? values.First() : null;

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
            _sockets.Add(socket);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
