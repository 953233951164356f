using Google.Protobuf;
using Varve.Protocol.Flight;
using Varve.Protocol.FlightSql;
using Varve.Protocol.V1;
using Varve.Rpc;
using Varve.Rpc.Client;
using Action = Varve.Protocol.Flight.Action;
using Result = Varve.Protocol.Flight.Result;

namespace Varve.Server.Tests.Flight;

/// <summary>Sessions, their cookie, and the ends of tickets, over the wire.</summary>
public class SessionTests(RunningServer server) : IClassFixture<RunningServer>
{
    private const string Endless = "select count(*) as c from range(10000000) a, range(10000000) b where (a.range * b.range) % 7 = 3";

    private readonly FlightCalls _flight = new(server.Channel);

    [Fact]
    public async Task Options_of_no_session_are_what_holds_for_all()
    {
        GetSessionOptionsResult options = await GetAsync(null);

        Assert.Equal(["catalog", "schema"], options.SessionOptions.Keys.Order());
        Assert.Equal(("varve", "main"), (options.SessionOptions["catalog"].StringValue, options.SessionOptions["schema"].StringValue));
    }

    [Fact]
    public async Task A_session_is_opened_by_its_first_option_and_carried_by_a_cookie_until_it_is_closed()
    {
        (SetSessionOptionsResult set, string? cookie) = await SetAsync(null, ("statement_timeout_ms", Number(2000)), ("catalog", Text("varve")));
        Assert.Empty(set.Errors);
        Assert.StartsWith("arrow_flight_session_id=", cookie, StringComparison.Ordinal);
        Assert.Equal(2000, (await GetAsync(cookie)).SessionOptions["statement_timeout_ms"].Int64Value);
        Assert.False((await GetAsync(null)).SessionOptions.ContainsKey("statement_timeout_ms"));

        (_, string? again) = await SetAsync("other=1; " + cookie, ("statement_timeout_ms", new SessionOptionValue()));
        Assert.Null(again);
        Assert.False((await GetAsync(cookie)).SessionOptions.ContainsKey("statement_timeout_ms"));

        (ByteString closed, _) = await ActAsync("CloseSession", ByteString.Empty, cookie);
        Assert.Equal(CloseSessionResult.Types.Status.Closed, CloseSessionResult.Parser.ParseFrom(closed).Status);
        RpcException e = await Assert.ThrowsAsync<RpcException>(() => GetAsync(cookie));
        Assert.Equal(ErrorCode.HandleNotFound, RunningServer.DetailOf(e).Code);
        Assert.Equal(CloseSessionResult.Types.Status.Closed, CloseSessionResult.Parser.ParseFrom(
            (await ActAsync("CloseSession", ByteString.Empty, null)).Body).Status);
    }

    [Fact]
    public async Task What_is_wrong_with_an_option_is_told_and_the_others_are_set()
    {
        (SetSessionOptionsResult set, string? cookie) = await SetAsync(
            null, ("schema", Text("other")), ("color", Number(1)), ("statement_timeout_ms", Text("3000")), ("catalog", Number(1)));

        Assert.Equal(["catalog", "color", "schema"], set.Errors.Keys.Order());
        Assert.Equal(SetSessionOptionsResult.Types.ErrorValue.InvalidName, set.Errors["color"].Value);
        Assert.Equal(SetSessionOptionsResult.Types.ErrorValue.InvalidValue, set.Errors["schema"].Value);
        Assert.Equal(3000, (await GetAsync(cookie)).SessionOptions["statement_timeout_ms"].Int64Value);
    }

    [Fact]
    public async Task A_session_may_name_the_position_that_its_statements_see_at_least()
    {
        (_, string? cookie) = await SetAsync(null, ("min_position", Number(server.Server.Engine.VisibleUpTo.Value + 1)));
        Task<FlightResult> waiting = GetAsync("select 1 as one", cookie);
        await Task.WhenAny(waiting, Task.Delay(50));
        Assert.False(waiting.IsCompleted);

        await server.CreateAsync("a int64");

        Assert.Equal(1, (await waiting).RowCount);
    }

    [Fact]
    public async Task The_time_limit_of_a_session_ends_its_statements_and_no_others()
    {
        (_, string? cookie) = await SetAsync(null, ("statement_timeout_ms", Number(1)));

        RpcException e = await Assert.ThrowsAsync<RpcException>(async () => await GetAsync(Endless, cookie));

        Assert.Equal(ErrorCode.SqlTimeout, RunningServer.DetailOf(e).Code);
        Assert.Equal(1, (await GetAsync("select 1 as one", null)).RowCount);
    }

    [Fact]
    public async Task A_statement_is_not_run_without_the_session_that_its_cookie_names()
    {
        RpcException e = await Assert.ThrowsAsync<RpcException>(() => GetAsync("select 1", "arrow_flight_session_id=0123"));

        Assert.Equal((StatusCode.NotFound, ErrorCode.HandleNotFound), (e.Code, RunningServer.DetailOf(e).Code));
    }

    [Fact]
    public async Task A_flight_says_when_its_ticket_expires_and_is_renewed()
    {
        FlightInfo info = await _flight.InfoAsync(new CommandStatementQuery { Query = "select 1 as one" });
        FlightEndpoint endpoint = Assert.Single(info.Endpoint);
        Assert.NotNull(endpoint.ExpirationTime);

        (ByteString body, _) = await ActAsync("RenewFlightEndpoint", new RenewFlightEndpointRequest { Endpoint = endpoint }.ToByteString(), null);
        FlightEndpoint renewed = FlightEndpoint.Parser.ParseFrom(body);

        Assert.True(renewed.ExpirationTime.ToDateTimeOffset() >= endpoint.ExpirationTime.ToDateTimeOffset());
        Assert.Equal("""{"one":1}""", (await _flight.GetAsync(renewed.Ticket)).Json.Trim());
        Ticket expired = FlightMessages.StatementTicket(new StatementTicket { Sql = "select 1", ExpiresAtUnixMs = 1 });
        RpcException e = await Assert.ThrowsAsync<RpcException>(() => _flight.GetAsync(expired));
        Assert.Equal(ErrorCode.HandleNotFound, RunningServer.DetailOf(e).Code);
        Assert.Contains("1970-01-01", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_poll_gives_the_whole_flight_at_once()
    {
        FlightDescriptor descriptor = FlightMessages.CommandDescriptor(new CommandStatementQuery { Query = "select 1 as one" });

        PollInfo poll = await server.Channel.CallUnaryAsync<FlightDescriptor, PollInfo>(FlightCalls.Method("PollFlightInfo"), descriptor);

        Assert.Null(poll.FlightDescriptor);
        Assert.Equal((1.0, poll.Info.Endpoint[0].ExpirationTime), (poll.Progress, poll.ExpirationTime));
        Assert.Equal("""{"one":1}""", (await _flight.GetAsync(poll.Info.Endpoint[0].Ticket)).Json.Trim());
    }

    private static SessionOptionValue Number(long value) => new() { Int64Value = value };

    private static SessionOptionValue Text(string value) => new() { StringValue = value };

    private static CallOptions With(string? cookie) =>
        cookie is null ? new CallOptions() : new CallOptions { Headers = new Metadata { { "cookie", cookie } } };

    private async Task<FlightResult> GetAsync(string sql, string? cookie)
    {
        using ServerStreamingCall<FlightData> call = server.Channel.ServerStreaming<Ticket, FlightData>(
            FlightCalls.Method("DoGet"), FlightCalls.BareTicket(ByteString.CopyFromUtf8(sql)), With(cookie));
        return await FlightResult.ReadAsync(call);
    }

    private async Task<GetSessionOptionsResult> GetAsync(string? cookie) =>
        GetSessionOptionsResult.Parser.ParseFrom((await ActAsync("GetSessionOptions", ByteString.Empty, cookie)).Body);

    private async Task<(SetSessionOptionsResult Result, string? Cookie)> SetAsync(
        string? cookie, params (string Name, SessionOptionValue Value)[] options)
    {
        var request = new SetSessionOptionsRequest();
        foreach ((string name, SessionOptionValue value) in options)
            request.SessionOptions.Add(name, value);
        (ByteString body, string? newCookie) = await ActAsync("SetSessionOptions", request.ToByteString(), cookie);
        return (SetSessionOptionsResult.Parser.ParseFrom(body), newCookie);
    }

    private async Task<(ByteString Body, string? Cookie)> ActAsync(string type, ByteString body, string? cookie)
    {
        using ServerStreamingCall<Result> call = server.Channel.ServerStreaming<Action, Result>(
            FlightCalls.Method("DoAction"), new Action { Type = type, Body = body }, With(cookie));
        Result? result = await call.ResponseStream.ReadAsync();
        Assert.NotNull(result);
        Assert.Null(await call.ResponseStream.ReadAsync());
        return (result.Body, (await call.ResponseHeadersAsync()).GetText("set-cookie"));
    }
}
