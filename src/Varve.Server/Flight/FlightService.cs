using System.Text;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Varve.Arrow;
using Varve.Protocol;
using Varve.Protocol.Flight;
using Varve.Protocol.V1;
using Varve.Rpc.Server;
using Varve.Server.Errors;
using Varve.Server.FlightSql;
using Varve.Server.Services;
using Action = Varve.Protocol.Flight.Action;
using Empty = Varve.Protocol.Flight.Empty;

namespace Varve.Server.Flight;

/// <summary>
/// Arrow Flight, and Flight SQL within it. A PATH descriptor is a stream; a CMD descriptor, as a ticket, is an Any of one of our messages or one of
/// Flight SQL's, or else SQL text (docs/flight.md). Stateless but for what the parts keep; any thread.
/// </summary>
internal sealed class FlightService(
    FlightHandshake handshake, StreamFlights streams, FlightPut put, FlightSqlService sql, FlightActions actions) : IService
{
    public void Map(GrpcServer server)
    {
        MethodDescriptor Method(string name) => FlightReflection.Descriptor.Services[0].FindMethodByName(name);
        server.AddBidi(Method("Handshake"), handshake.HandleAsync, new ServerMethodOptions { AllowAnonymous = true });
        server.AddServerStreaming<Criteria>(Method("ListFlights"), ListFlightsAsync);
        server.AddUnary<FlightDescriptor, FlightInfo>(Method("GetFlightInfo"), GetFlightInfoAsync);
        server.AddUnary<FlightDescriptor, SchemaResult>(Method("GetSchema"), GetSchemaAsync);
        server.AddUnary<FlightDescriptor, PollInfo>(Method("PollFlightInfo"), PollFlightInfoAsync);
        server.AddServerStreaming<Ticket>(Method("DoGet"), DoGetAsync);
        server.AddBidi(Method("DoPut"), put.HandleAsync, put.MethodOptions);
        server.AddBidi(Method("DoExchange"), _ => throw ErrorMapper.Create(
            ErrorCode.Unsupported, "Varve does not do DoExchange: append with DoPut, read with DoGet"));
        server.AddServerStreaming<Action>(Method("DoAction"), actions.HandleAsync);
        server.AddServerStreaming<Empty>(Method("ListActions"), FlightActions.ListAsync);
    }

    private async Task ListFlightsAsync(Criteria criteria, ServerCall call)
    {
        foreach (FlightInfo info in streams.List(criteria.Expression.ToString(Encoding.UTF8)))
            await call.WriteAsync(info);
    }

    private async Task<FlightInfo> GetFlightInfoAsync(FlightDescriptor descriptor, ServerCall call) =>
        (await PlanAsync(descriptor, call)).ToFlightInfo(descriptor);

    private async Task<PollInfo> PollFlightInfoAsync(FlightDescriptor descriptor, ServerCall call) =>
        (await PlanAsync(descriptor, call)).ToPollInfo(descriptor);

    private async Task<SchemaResult> GetSchemaAsync(FlightDescriptor descriptor, ServerCall call) =>
        FlightPlan.ToSchemaResult(await SchemaAsync(descriptor, call));

    private async Task<FlightPlan> PlanAsync(FlightDescriptor descriptor, ServerCall call)
    {
        if (await StreamOfAsync(descriptor, call) is { } stream)
            return stream;
        return AnyMessage.TryParse(descriptor.Cmd, out Any? command)
            ? await sql.PlanAsync(command, call)
            : await sql.PlanAsync(SqlText.Of(descriptor.Cmd, "command"), call);
    }

    private async Task<Schema> SchemaAsync(FlightDescriptor descriptor, ServerCall call)
    {
        if (await StreamOfAsync(descriptor, call) is { } stream)
            return stream.Schema;
        return AnyMessage.TryParse(descriptor.Cmd, out Any? command)
            ? await sql.SchemaAsync(command, call)
            : await sql.SchemaAsync(SqlText.Of(descriptor.Cmd, "command"), call);
    }

    /// <summary>Null for a descriptor of SQL.</summary>
    private async Task<FlightPlan?> StreamOfAsync(FlightDescriptor descriptor, ServerCall call) => descriptor.Type switch
    {
        FlightDescriptor.Types.DescriptorType.Path => await streams.PlanAsync(FlightMessages.StreamOf(descriptor), call),
        FlightDescriptor.Types.DescriptorType.Cmd => AnyMessage.TryParse(descriptor.Cmd, out Any? command) && command.Is(StreamTicket.Descriptor)
            ? await streams.PlanAsync(Command.Unpack<StreamTicket>(command), call)
            : null,
        _ => throw ErrorMapper.InvalidRequest(
            $"a descriptor of type {descriptor.Type}: expected PATH (a stream's name) or CMD (a Flight SQL command, or SQL)"),
    };

    private async Task DoGetAsync(Ticket ticket, ServerCall call)
    {
        if (!AnyMessage.TryParse(ticket.Ticket_, out Any? any))
            await sql.SendAsync(SqlText.Of(ticket.Ticket_, "ticket"), call);
        else if (any.Is(StreamTicket.Descriptor))
            await streams.SendAsync(Command.Unpack<StreamTicket>(any), call);
        else
            await sql.SendAsync(any, call);
    }
}
