using System.Diagnostics.CodeAnalysis;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Varve.Protocol;

/// <summary>
/// Commands, tickets and action bodies that travel inside a <c>google.protobuf.Any</c>. The same fields may hold something else (SQL text, JSON),
/// and some clients forget the wrapper, so bytes count as an Any only where the type's address begins as protobuf's own do.
/// </summary>
public static class AnyMessage
{
    private const string UrlPrefix = "type.googleapis.com/";

    public static ByteString Pack(IMessage message) => Any.Pack(message).ToByteString();

    /// <summary>False where the bytes are no Any: damaged, empty, or something else altogether.</summary>
    public static bool TryParse(ByteString bytes, [NotNullWhen(true)] out Any? any)
    {
        any = null;
        if (!LooksWrapped(bytes.Span))
            return false;
        try
        {
            Any parsed = Any.Parser.ParseFrom(bytes);
            any = parsed.TypeUrl.StartsWith(UrlPrefix, StringComparison.Ordinal) ? parsed : null;
        }
        catch (InvalidProtocolBufferException)
        {
            return false;
        }

        return any is not null;
    }

    /// <summary>The message's full name, such as <c>arrow.flight.protocol.sql.CommandGetTables</c>.</summary>
    public static string TypeName(Any any) => any.TypeUrl[(any.TypeUrl.LastIndexOf('/') + 1)..];

    /// <summary>The tag of field 1 or 2: a first look that spares most other bytes the cost of a failed parse.</summary>
    private static bool LooksWrapped(ReadOnlySpan<byte> bytes) => bytes.Length > 0 && bytes[0] is 0x0A or 0x12;
}
