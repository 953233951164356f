using Varve.Protocol.V1;
using Varve.Rpc;

namespace Varve.Client;

/// <summary>A call that the daemon refused or that did not reach it. The message is the daemon's own and says what was expected and found.</summary>
public sealed class VarveException : Exception
{
    private VarveException(string message, StatusCode status, ErrorDetail? detail, Exception inner)
        : base(message, inner)
    {
        Status = status;
        Code = detail?.Code ?? ErrorCode.Unspecified;
        Stream = detail is { Stream.Length: > 0 } ? detail.Stream : null;
        FailedRequest = detail is { HasRequestIndex: true } ? detail.RequestIndex : null;
    }

    /// <summary>The error by its frozen number; unspecified where the daemon was not reached or the transport failed.</summary>
    public ErrorCode Code { get; }

    /// <summary>The gRPC status.</summary>
    public StatusCode Status { get; }

    /// <summary>The stream that the call was about, where the daemon names it.</summary>
    public string? Stream { get; }

    /// <summary>
    /// Of an append: the request that failed, counted from 0 in its call. All earlier ones are acknowledged, no later one was taken.
    /// </summary>
    public long? FailedRequest { get; }

    /// <summary>True where the daemon could not be reached or went away, so that the same call may succeed later.</summary>
    public bool IsUnavailable => Status == StatusCode.Unavailable;

    internal static VarveException From(RpcException e) => new(e.Message, e.Code, e.FindDetail<ErrorDetail>(), e);
}
