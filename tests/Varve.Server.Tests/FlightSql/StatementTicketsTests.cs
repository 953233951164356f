using Google.Protobuf;
using Varve.Protocol.Flight;
using Varve.Protocol.V1;
using Varve.Rpc;
using Varve.Server.FlightSql.Statements;

namespace Varve.Server.Tests.FlightSql;

public class StatementTicketsTests
{
    private readonly ManualTime _time = new();
    private readonly StatementTickets _tickets;

    public StatementTicketsTests() => _tickets = new StatementTickets(_time, TimeSpan.FromMinutes(10));

    [Fact]
    public void A_ticket_serves_until_it_expires()
    {
        (Ticket ticket, DateTimeOffset expiresAt) = _tickets.Make(new StatementTicket { Sql = "select 1" });
        StatementTicket opened = StatementTickets.Open(ticket)!;
        Assert.Equal((_time.GetUtcNow() + TimeSpan.FromMinutes(10), "select 1", 16), (expiresAt, opened.Sql, opened.QueryId.Length));

        _time.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromSeconds(1));
        _tickets.RefuseExpired(opened);
        _time.Advance(TimeSpan.FromSeconds(2));

        RpcException e = Assert.Throws<RpcException>(() => _tickets.RefuseExpired(opened));
        Assert.Equal(ErrorCode.HandleNotFound, RunningServer.DetailOf(e).Code);
        Assert.Throws<RpcException>(() => _tickets.Renew(new FlightEndpoint { Ticket = ticket }));
    }

    [Fact]
    public void A_renewed_endpoint_keeps_its_execution_and_lasts_as_long_again()
    {
        (Ticket ticket, _) = _tickets.Make(new StatementTicket { Sql = "select 1" });
        _time.Advance(TimeSpan.FromMinutes(9));

        FlightEndpoint renewed = _tickets.Renew(new FlightEndpoint { Ticket = ticket, AppMetadata = ByteString.CopyFromUtf8("kept") });
        _time.Advance(TimeSpan.FromMinutes(9));

        StatementTicket opened = StatementTickets.Open(renewed.Ticket)!;
        _tickets.RefuseExpired(opened);
        Assert.Equal(StatementTickets.Open(ticket)!.QueryId, opened.QueryId);
        Assert.Equal(_time.GetUtcNow() + TimeSpan.FromMinutes(1), renewed.ExpirationTime.ToDateTimeOffset());
        Assert.Equal("kept", renewed.AppMetadata.ToStringUtf8());
    }

    [Fact]
    public void An_endpoint_that_does_not_expire_comes_back_as_it_is()
    {
        var endpoint = new FlightEndpoint { Ticket = new Ticket { Ticket_ = ByteString.CopyFromUtf8("select 1") } };

        Assert.Equal(endpoint, _tickets.Renew(endpoint));
    }
}
