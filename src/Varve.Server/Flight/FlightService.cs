using System.Text;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
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
        server.AddUnary<FlightDescriptor, PollInfo>(Method("PollFlightInfo"), (_, _) => throw Unsupported(
            "PollFlightInfo: a query starts when its ticket is used, so there is nothing to poll; use GetFlightInfo, then DoGet"));
        server.AddServerStreaming<Ticket>(Method("DoGet"), DoGetAsync);
        server.AddBidi(Method("DoPut"), put.HandleAsync, put.MethodOptions);
        server.AddBidi(Method("DoExchange"), _ => throw Unsupported("DoExchange: append with DoPut, read with DoGet"));
        server.AddServerStreaming<Action>(Method("DoAction"), actions.HandleAsync);
        server.AddServerStreaming<Empty>(Method("ListActions"), FlightActions.ListAsync);
    }

    private static Rpc.RpcException Unsupported(string what) => ErrorMapper.Create(ErrorCode.Unsupported, $"Varve does not do {what}");

    private async Task ListFlightsAsync(Criteria criteria, ServerCall call)
    {
        foreach (FlightInfo info in streams.List(criteria.Expression.ToString(Encoding.UTF8)))
            await call.WriteAsync(info);
    }

    private async Task<FlightInfo> GetFlightInfoAsync(FlightDescriptor descriptor, ServerCall call) =>
        (await PlanAsync(descriptor, call)).ToFlightInfo(descriptor);

    private async Task<SchemaResult> GetSchemaAsync(FlightDescriptor descriptor, ServerCall call) =>
        (await PlanAsync(descriptor, call)).ToSchemaResult();

    private async Task<FlightPlan> PlanAsync(FlightDescriptor descriptor, ServerCall call)
    {
        switch (descriptor.Type)
        {
            case FlightDescriptor.Types.DescriptorType.Path:
                return streams.Plan(FlightMessages.StreamOf(descriptor));
            case FlightDescriptor.Types.DescriptorType.Cmd:
                if (!AnyMessage.TryParse(descriptor.Cmd, out Any? command))
                    return await sql.PlanAsync(SqlText.Of(descriptor.Cmd, "command"), call.Cancelled);
                return command.Is(StreamTicket.Descriptor)
                    ? streams.Plan(Command.Unpack<StreamTicket>(command))
                    : await sql.PlanAsync(command, call.Cancelled);
            default:
                throw ErrorMapper.InvalidRequest(
                    $"a descriptor of type {descriptor.Type}: expected PATH (a stream's name) or CMD (a Flight SQL command, or SQL)");
        }
    }

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
