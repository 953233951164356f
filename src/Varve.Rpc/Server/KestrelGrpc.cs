using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Varve.Rpc.Server;

/// <summary>Kestrel's settings without which gRPC calls fail in ways that are hard to trace.</summary>
public static class KestrelGrpc
{
    /// <summary>Streams per connection: more calls at once than a client should need, few enough to bound what one connection can hold.</summary>
    private const int StreamsPerConnection = 1000;

    /// <summary>
    /// What a connection may have on its way to the socket. Under the default of 64 KiB each send, and the change of threads around it, moves four
    /// frames; held by slow readers alone.
    /// </summary>
    private const int ResponseBufferBytes = 1024 * 1024;

    /// <summary>
    /// Sets the limits and header rules. The endpoints are the caller's: each needs <see cref="HttpProtocols.Http2"/> alone where it is clear text,
    /// since without TLS Http1AndHttp2 means HTTP/1 only.
    /// </summary>
    public static void Configure(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;

        // Metadata beyond ASCII is a peer's mistake in one call; under the default (strict UTF-8) Kestrel ends the whole connection for it.
        kestrel.RequestHeaderEncodingSelector = static _ => Encoding.Latin1;
        kestrel.ResponseHeaderEncodingSelector = static _ => Encoding.Latin1;

        // A stream has no size, and may be silent for as long as it likes in either direction. Messages have their own limit.
        kestrel.Limits.MaxRequestBodySize = null;
        kestrel.Limits.MinRequestBodyDataRate = null;
        kestrel.Limits.MinResponseDataRate = null;
        kestrel.Limits.MaxResponseBufferSize = ResponseBufferBytes;

        // Above the limit on all headers of a request (32 KiB): that one answers 431 for one request, this one ends the connection.
        kestrel.Limits.Http2.MaxRequestHeaderFieldSize = 64 * 1024;

        kestrel.Limits.Http2.MaxStreamsPerConnection = StreamsPerConnection;

        // Finds out about peers that are gone without a word: their calls end after delay + timeout.
        kestrel.Limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(60);
        kestrel.Limits.Http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(20);
    }
}
