using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Varve.Rpc.Wire;

/// <summary>
/// A status as its three trailers: grpc-status, grpc-message (already escaped) and, with details, grpc-status-details-bin (base64 of a
/// google.rpc.Status). Kept well below 8 KiB in all: beyond that gRPC's C core reports RESOURCE_EXHAUSTED for the headers and the
/// caller never learns the error. So a long message is cut, and details that do not fit are left out from the end.
/// </summary>
internal readonly record struct StatusTrailers(string Code, string Message, string? Details)
{
    private const int MessageCharsMax = 4_000;

    /// <summary>With details the message goes out twice, since some clients take it from the details alone.</summary>
    private const int MessageCharsMaxBesideDetails = 1_800;

    private const int DetailsBytesMax = 2_048;

    public static StatusTrailers Create(StatusCode code, string message, IReadOnlyList<IMessage> details)
    {
        message = StatusText.Cut(message, details.Count == 0 ? MessageCharsMax : MessageCharsMaxBesideDetails);
        return new StatusTrailers(((int)code).ToString(), StatusText.Encode(message), details.Count == 0 ? null : Pack(code, message, details));
    }

    /// <summary>The exception that a received status stands for; null for OK. A code that is no number or out of range is UNKNOWN.</summary>
    public static RpcException? Parse(string code, string? message, Metadata trailers, string? details)
    {
        StatusCode parsed = int.TryParse(code, out int number) && number is >= 0 and <= (int)StatusCode.Unauthenticated
            ? (StatusCode)number
            : StatusCode.Unknown;
        return parsed == StatusCode.Ok
            ? null
            : new RpcException(parsed, StatusText.Decode(message ?? ""), Unpack(details)) { Trailers = trailers };
    }

    private static string Pack(StatusCode code, string message, IReadOnlyList<IMessage> details)
    {
        var status = new Google.Rpc.Status { Code = (int)code, Message = message };
        int detailsBytes = 0;
        foreach (IMessage detail in details)
        {
            Any any = detail as Any ?? Any.Pack(detail);
            detailsBytes += any.CalculateSize();
            if (detailsBytes > DetailsBytesMax)
                break;
            status.Details.Add(any);
        }

        return Metadata.EncodeBase64(status.ToByteArray());
    }

    /// <summary>Details that do not decode are no reason to hide the status itself.</summary>
    private static Any[] Unpack(string? details)
    {
        if (details is null || !Metadata.TryDecodeBase64(details, out byte[]? bytes))
            return [];
        try
        {
            return [.. Google.Rpc.Status.Parser.ParseFrom(bytes).Details];
        }
        catch (InvalidProtocolBufferException)
        {
            return [];
        }
    }
}
