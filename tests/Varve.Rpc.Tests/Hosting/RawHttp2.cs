using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;

namespace Varve.Rpc.Tests.Hosting;

/// <summary>Sends what a gRPC library never would.</summary>
internal sealed class RawHttp2 : IDisposable
{
    private readonly Uri _address;
    private readonly HttpMessageInvoker _http;
    private readonly ConcurrentBag<Socket> _sockets = [];

    public RawHttp2(Uri address)
    {
        _address = address;
        _http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            UseProxy = false,
            ActivityHeadersPropagator = null,
            RequestHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
            ResponseHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
            ConnectCallback = ConnectAsync,
        });
    }

    /// <summary>A message with gRPC's five bytes before it.</summary>
    public static byte[] Frame(ReadOnlySpan<byte> message, byte flag = 0) => FrameOf((uint)message.Length, message, flag);

    /// <summary>A frame whose header may lie about the length.</summary>
    public static byte[] FrameOf(uint length, ReadOnlySpan<byte> message, byte flag = 0) =>
        [flag, (byte)(length >> 24), (byte)(length >> 16), (byte)(length >> 8), (byte)length, .. message];

    public async Task<RawResponse> PostAsync(string path, byte[] body, params (string Key, string Value)[] headers)
    {
        using HttpResponseMessage response = await SendAsync(CreatePost(path, new ByteArrayContent(body), headers));
        return await ReadAsync(response);
    }

    public HttpRequestMessage CreatePost(string path, HttpContent content, params (string Key, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_address, path))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        if (!headers.Any(header => header.Key == "content-type"))
            content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        foreach ((string key, string value) in headers)
        {
            if (key == "content-type")
                content.Headers.TryAddWithoutValidation(key, value);
            else
                request.Headers.TryAddWithoutValidation(key, value);
        }

        return request;
    }

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request) => _http.SendAsync(request, CancellationToken.None).InTime();

    public static async Task<RawResponse> ReadAsync(HttpResponseMessage response)
    {
        byte[] body = await response.Content.ReadAsByteArrayAsync().InTime();
        return new RawResponse(
            (int)response.StatusCode,
            Lookup(response.Headers.Concat(response.Content.Headers)),
            Lookup(response.TrailingHeaders),
            body);
    }

    /// <summary>Ends the connections without a word, as a process that is killed does.</summary>
    public void Die()
    {
        foreach (Socket socket in _sockets)
            socket.Close(timeout: 0);
    }

    public void Dispose() => _http.Dispose();

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        _sockets.Add(socket);
        await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
        return new NetworkStream(socket, ownsSocket: true);
    }

    private static ILookup<string, string> Lookup(IEnumerable<KeyValuePair<string, IEnumerable<string>>> headers) =>
        headers.SelectMany(header => header.Value, (header, value) => (header.Key, value))
            .ToLookup(pair => pair.Key, pair => pair.value, StringComparer.OrdinalIgnoreCase);
}
