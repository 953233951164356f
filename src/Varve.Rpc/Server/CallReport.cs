namespace Varve.Rpc.Server;

/// <summary>How one call went, for metrics and logs. The call is readable only while the hook runs.</summary>
/// <param name="Call">
/// The call; its <see cref="ServerCall.Method"/> is null where no such method exists, so that a label made of it stays bounded.
/// </param>
/// <param name="Code">The status sent, or that would have been sent had the client not gone.</param>
/// <param name="Message">The grpc-message, uncut; empty for OK.</param>
/// <param name="Duration">From the request's headers to the decision on the status.</param>
/// <param name="RequestBytes">Bytes read from the request stream, frame headers included, as compressed by the client.</param>
/// <param name="ResponseBytes">Bytes of framed messages written.</param>
/// <param name="RequestMessages">Messages read.</param>
/// <param name="ResponseMessages">Messages written.</param>
/// <param name="Exception">What the handler threw, also where it was an <see cref="RpcException"/>; null for OK.</param>
public sealed record CallReport(
    ServerCall Call,
    StatusCode Code,
    string Message,
    TimeSpan Duration,
    long RequestBytes,
    long ResponseBytes,
    long RequestMessages,
    long ResponseMessages,
    Exception? Exception);
