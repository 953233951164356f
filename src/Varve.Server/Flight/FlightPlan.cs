using Google.Protobuf;
using Varve.Arrow;
using Varve.Arrow.Ipc;
using Varve.Protocol.Flight;

namespace Varve.Server.Flight;

/// <summary>What a descriptor asks for, before any of it is fetched.</summary>
/// <param name="Schema">Of the rows that the ticket will give.</param>
/// <param name="Ticket">For DoGet.</param>
/// <param name="RowCount">How many rows that are; null where nobody knows before they are counted.</param>
/// <param name="IsOrdered">Whether the order of the rows means something.</param>
internal sealed record FlightPlan(Schema Schema, Ticket Ticket, long? RowCount, bool IsOrdered)
{
    private const long Unknown = -1;

    public SchemaResult ToSchemaResult() => new() { Schema = SchemaBytes() };

    /// <summary>One endpoint without a location, which means: on this connection.</summary>
    public FlightInfo ToFlightInfo(FlightDescriptor descriptor) => new()
    {
        Schema = SchemaBytes(),
        FlightDescriptor = descriptor,
        Endpoint = { new FlightEndpoint { Ticket = Ticket } },
        TotalRecords = RowCount ?? Unknown,
        TotalBytes = Unknown,
        Ordered = IsOrdered,
    };

    private ByteString SchemaBytes() => UnsafeByteOperations.UnsafeWrap(SchemaMessage.EncodeEncapsulated(Schema));
}
