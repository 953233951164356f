using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Varve.Arrow;
using Varve.Arrow.Ipc;
using Varve.Protocol.Flight;
using Varve.Protocol.V1;
using Varve.Storage;

namespace Varve.Server.Flight;

/// <summary>What a descriptor asks for, before any of it is fetched.</summary>
/// <param name="Schema">Of the rows that the ticket will give.</param>
/// <param name="Ticket">For DoGet.</param>
/// <param name="RowCount">How many rows that are; null where nobody knows before they are counted.</param>
/// <param name="IsOrdered">Whether the order of the rows means something.</param>
/// <param name="ExpiresAt">When the ticket becomes useless; null: never.</param>
internal sealed record FlightPlan(Schema Schema, Ticket Ticket, long? RowCount, bool IsOrdered, DateTimeOffset? ExpiresAt = null)
{
    private const long Unknown = -1;

    /// <summary>That of the view the rows are of; none where there is no view yet or ever.</summary>
    public LogPosition Position { get; init; }

    public static SchemaResult ToSchemaResult(Schema schema) => new() { Schema = Encode(schema) };

    /// <summary>One endpoint without a location, which means: on this connection.</summary>
    public FlightInfo ToFlightInfo(FlightDescriptor descriptor) => new()
    {
        Schema = Encode(Schema),
        FlightDescriptor = descriptor,
        Endpoint = { new FlightEndpoint { Ticket = Ticket, ExpirationTime = Expiry() } },
        TotalRecords = RowCount ?? Unknown,
        TotalBytes = Unknown,
        Ordered = IsOrdered,
        AppMetadata = Position == LogPosition.None ? ByteString.Empty : new AnswerPosition { Position = Position.Value }.ToByteString(),
    };

    /// <summary>Nothing runs before a ticket is used, so the first poll is the last: it names no descriptor for another one.</summary>
    public PollInfo ToPollInfo(FlightDescriptor descriptor) =>
        new() { Info = ToFlightInfo(descriptor), Progress = 1, ExpirationTime = Expiry() };

    private Timestamp? Expiry() => ExpiresAt is { } at ? Timestamp.FromDateTimeOffset(at) : null;

    private static ByteString Encode(Schema schema) => UnsafeByteOperations.UnsafeWrap(SchemaMessage.EncodeEncapsulated(schema));
}
