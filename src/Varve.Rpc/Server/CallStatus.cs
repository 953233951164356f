using Google.Protobuf;

namespace Varve.Rpc.Server;

/// <summary>The status that a call ends with.</summary>
internal readonly record struct CallStatus(StatusCode Code, string Message, IReadOnlyList<IMessage> Details, Metadata? Trailers)
{
    public static CallStatus Ok { get; } = new(StatusCode.Ok, "", [], null);

    /// <summary>
    /// Decides the status from what the handler did. A call that was told to end is never OK, also where its handler returned in peace: it may have
    /// stopped halfway. Only a status that the handler chose itself, and that is not just its way to say "cancelled", goes before the cause.
    /// </summary>
    public static CallStatus Decide(Exception? exception, EndCause cause, Func<Exception, RpcException?>? map, string reference)
    {
        if (exception is RpcException { Code: not StatusCode.Cancelled } chosen)
            return From(chosen);

        switch (cause)
        {
            case EndCause.DeadlinePassed:
                return new CallStatus(StatusCode.DeadlineExceeded, "the deadline passed before the call was done", [], null);
            case EndCause.ServerStopping:
                return Stopping;
            case EndCause.ClientGone:
                return new CallStatus(StatusCode.Cancelled, "the client cancelled the call or is gone", [], null);
        }

        return exception switch
        {
            null => Ok,
            RpcException cancelled => From(cancelled),
            _ when map?.Invoke(exception) is { } mapped => From(mapped),
            OperationCanceledException => new CallStatus(StatusCode.Cancelled, "the call was cancelled", [], null),
            _ => new CallStatus(StatusCode.Unknown, $"unexpected error in the server (reference {reference})", [], null),
        };
    }

    public static CallStatus Stopping { get; } = new(StatusCode.Unavailable, "the server is stopping", [], null);

    private static CallStatus From(RpcException e) => new(e.Code, e.Message, e.Details, e.Trailers);
}
