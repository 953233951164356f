using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Varve.Rpc;

/// <summary>
/// A call that ended with a status other than OK. Handlers throw it to choose the status, the client throws what it received.
/// </summary>
public sealed class RpcException : Exception
{
    /// <param name="code">Any code but <see cref="StatusCode.Ok"/>.</param>
    /// <param name="message">Goes over the wire as grpc-message: it must be fit for the peer's eyes.</param>
    /// <param name="details">
    /// Travels in grpc-status-details-bin. A handler gives any messages; on the client each one is an <see cref="Any"/>.
    /// </param>
    /// <param name="inner">Stays in this process.</param>
    public RpcException(StatusCode code, string message, IReadOnlyList<IMessage>? details = null, Exception? inner = null)
        : base(message, inner)
    {
        if (code == StatusCode.Ok)
            throw new ArgumentOutOfRangeException(nameof(code), "OK is not an error");

        Code = code;
        Details = details ?? [];
    }

    public StatusCode Code { get; }

    public IReadOnlyList<IMessage> Details { get; }

    /// <summary>Client side: the metadata that came in the trailers. Server side: sent in the trailers beside those of the call.</summary>
    public Metadata Trailers { get; init; } = new();

    /// <summary>The first detail of a type, unpacked where it came in an <see cref="Any"/>; null where there is none.</summary>
    public T? FindDetail<T>()
        where T : class, IMessage<T>, new()
    {
        foreach (IMessage detail in Details)
        {
            if (detail is T direct)
                return direct;
            if (detail is Any any && any.TryUnpack(out T unpacked))
                return unpacked;
        }

        return null;
    }
}
