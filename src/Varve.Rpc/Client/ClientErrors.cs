using System.Net.Sockets;
using Varve.Rpc.Framing;

namespace Varve.Rpc.Client;

/// <summary>What HTTP and the network report, in terms of gRPC (doc/http-grpc-status-mapping.md and PROTOCOL-HTTP2.md).</summary>
internal static class ClientErrors
{
    /// <summary>True for what a connection, or the end of a call by its own client, throws.</summary>
    public static bool IsTransport(Exception e) =>
        e is OperationCanceledException or HttpRequestException or IOException or TransportException or SocketException or ObjectDisposedException;

    /// <summary>An answer of something that is not a gRPC server, such as a proxy.</summary>
    public static RpcException FromHttpStatus(int status)
    {
        StatusCode code = status switch
        {
            400 or 431 => StatusCode.Internal,
            401 => StatusCode.Unauthenticated,
            403 => StatusCode.PermissionDenied,
            404 => StatusCode.Unimplemented,
            429 or 502 or 503 or 504 => StatusCode.Unavailable,
            _ => StatusCode.Unknown,
        };
        return new RpcException(code, $"the server answered with HTTP status {status} and no grpc-status");
    }

    public static RpcException Map(Exception e, CallClock clock, Uri address)
    {
        if (e is RpcException status)
            return status;
        switch (clock.EndedBy)
        {
            case CallEnd.DeadlinePassed:
                return new RpcException(StatusCode.DeadlineExceeded, "the deadline passed before the call was done", inner: e);
            case CallEnd.Cancelled:
                return new RpcException(StatusCode.Cancelled, "the call was cancelled", inner: e);
        }

        for (Exception? at = e; at is not null; at = at.InnerException)
        {
            if (at is HttpProtocolException reset)
                return new RpcException(FromHttp2Error(reset.ErrorCode), $"the server ended the call without a status: {reset.Message}", inner: e);
        }

        return new RpcException(StatusCode.Unavailable, $"no answer from {address}: {Innermost(e).Message}", inner: e);
    }

    /// <summary>
    /// RST_STREAM and GOAWAY codes (RFC 9113, 7). For a reset with NO_ERROR the protocol says INTERNAL, but HttpClient reports a connection that the
    /// server closed in peace the same way, and that is what happens.
    /// </summary>
    private static StatusCode FromHttp2Error(long errorCode) => errorCode switch
    {
        0 => StatusCode.Unavailable, // NO_ERROR
        7 => StatusCode.Unavailable, // REFUSED_STREAM: the server did nothing yet
        8 => StatusCode.Cancelled, // CANCEL
        11 => StatusCode.ResourceExhausted, // ENHANCE_YOUR_CALM
        12 => StatusCode.PermissionDenied, // INADEQUATE_SECURITY
        _ => StatusCode.Internal,
    };

    private static Exception Innermost(Exception e)
    {
        while (e.InnerException is { } inner)
            e = inner;
        return e;
    }
}
