using Google.Protobuf;
using Varve.Protocol.FlightSql;
using Varve.Protocol.V1;

namespace Varve.Protocol.Flight;

/// <summary>Descriptors and tickets as Varve's own client and server write them.</summary>
public static class FlightMessages
{
    /// <summary>A stream by its name.</summary>
    public static FlightDescriptor StreamDescriptor(string stream) =>
        new() { Type = FlightDescriptor.Types.DescriptorType.Path, Path = { stream } };

    /// <summary>A command, wrapped in an Any.</summary>
    public static FlightDescriptor CommandDescriptor(IMessage command) =>
        new() { Type = FlightDescriptor.Types.DescriptorType.Cmd, Cmd = AnyMessage.Pack(command) };

    public static Ticket StreamTicket(ReadRequest read, string streamId = "") =>
        new() { Ticket_ = AnyMessage.Pack(new StreamTicket { Read = read, StreamId = streamId }) };

    public static Ticket StatementTicket(StatementTicket statement) =>
        new() { Ticket_ = AnyMessage.Pack(new TicketStatementQuery { StatementHandle = statement.ToByteString() }) };

    /// <summary>
    /// The name of the stream that a PATH descriptor means: its elements joined by slashes, since names may hold slashes themselves. So <c>["a",
    /// "b"]</c> and <c>["a/b"]</c> are one stream.
    /// </summary>
    public static string StreamOf(FlightDescriptor descriptor) => string.Join('/', descriptor.Path);
}
