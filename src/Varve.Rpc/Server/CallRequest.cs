using Microsoft.AspNetCore.Http;
using Varve.Rpc.Framing;
using Varve.Rpc.Wire;

namespace Varve.Rpc.Server;

/// <summary>What the request's headers say about the call, or why it must be refused.</summary>
internal readonly record struct CallRequest(TimeSpan? Timeout, string? Encoding, RpcException? Refusal)
{
    public static CallRequest Parse(IHeaderDictionary headers)
    {
        string? named = headers[GrpcHeaders.Encoding];
        if (!MessageCompression.TryParse(named, out string? encoding))
            return Refused(StatusCode.Unimplemented, $"grpc-encoding '{named}' is not supported; supported are {MessageCompression.Accepted}");

        string? timeoutText = headers[GrpcHeaders.Timeout];
        if (timeoutText is null)
            return new CallRequest(null, encoding, null);
        if (!GrpcTimeout.TryParse(timeoutText, out TimeSpan timeout))
            return Refused(StatusCode.Internal, $"grpc-timeout '{timeoutText}' is malformed; expected one to eight digits and one of H M S m u n");
        if (timeout == TimeSpan.Zero)
            return Refused(StatusCode.DeadlineExceeded, "the deadline had passed when the call arrived");
        return new CallRequest(timeout, encoding, null);
    }

    private static CallRequest Refused(StatusCode code, string message) => new(null, null, new RpcException(code, message));
}
