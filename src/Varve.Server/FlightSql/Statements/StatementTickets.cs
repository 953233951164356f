using System.Security.Cryptography;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Varve.Protocol;
using Varve.Protocol.Flight;
using Varve.Protocol.FlightSql;
using Varve.Protocol.V1;
using Varve.Server.Errors;
using Varve.Server.Flight;

namespace Varve.Server.FlightSql.Statements;

/// <summary>
/// Tickets for statements. They hold all that is needed, so nothing is kept for them here; each names its execution and has an end, which
/// RenewFlightEndpoint puts off. Any thread.
/// </summary>
internal sealed class StatementTickets(TimeProvider time, TimeSpan lifetime)
{
    private const int QueryIdBytes = 16;

    /// <summary>A ticket for one execution, under an id of its own, and when it expires.</summary>
    public (Ticket Ticket, DateTimeOffset ExpiresAt) Make(StatementTicket statement)
    {
        StatementTicket ticket = statement.Clone();
        ticket.QueryId = ByteString.CopyFrom(RandomNumberGenerator.GetBytes(QueryIdBytes));
        DateTimeOffset expiresAt = Prolong(ticket);
        return (FlightMessages.StatementTicket(ticket), expiresAt);
    }

    /// <exception cref="Rpc.RpcException">HANDLE_NOT_FOUND: the ticket has expired.</exception>
    public void RefuseExpired(StatementTicket ticket)
    {
        if (ticket.ExpiresAtUnixMs == 0 || ticket.ExpiresAtUnixMs > time.GetUtcNow().ToUnixTimeMilliseconds())
            return;
        throw ErrorMapper.Create(ErrorCode.HandleNotFound,
            $"the ticket expired at {DateTimeOffset.FromUnixTimeMilliseconds(ticket.ExpiresAtUnixMs):O}: ask for the flight again, "
            + "or renew its endpoint in time");
    }

    /// <summary>The endpoint with a later end; one whose ticket does not expire comes back as it is.</summary>
    /// <exception cref="Rpc.RpcException">HANDLE_NOT_FOUND: it has expired already.</exception>
    public FlightEndpoint Renew(FlightEndpoint endpoint)
    {
        if (endpoint.Ticket is null || Open(endpoint.Ticket) is not { } ticket || ticket.ExpiresAtUnixMs == 0)
            return endpoint;
        RefuseExpired(ticket);
        FlightEndpoint renewed = endpoint.Clone();
        renewed.ExpirationTime = Timestamp.FromDateTimeOffset(Prolong(ticket));
        renewed.Ticket = FlightMessages.StatementTicket(ticket);
        return renewed;
    }

    /// <summary>What a ticket of this kind holds; null for any other.</summary>
    public static StatementTicket? Open(Ticket ticket) =>
        AnyMessage.TryParse(ticket.Ticket_, out Any? any) && any.Is(TicketStatementQuery.Descriptor) ? Open(any) : null;

    /// <summary>What a TicketStatementQuery holds.</summary>
    public static StatementTicket Open(Any ticket) => Command.Parse<StatementTicket>(Command.Unpack<TicketStatementQuery>(ticket).StatementHandle);

    private DateTimeOffset Prolong(StatementTicket ticket)
    {
        DateTimeOffset expiresAt = time.GetUtcNow() + lifetime;
        ticket.ExpiresAtUnixMs = expiresAt.ToUnixTimeMilliseconds();
        return expiresAt;
    }
}
