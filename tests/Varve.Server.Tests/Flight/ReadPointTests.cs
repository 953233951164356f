using System.Globalization;
using Varve.Arrow;
using Varve.Arrow.Builders;
using Varve.Protocol.Flight;
using Varve.Protocol.FlightSql;
using Varve.Protocol.V1;
using Varve.Rpc;
using Varve.Rpc.Client;

namespace Varve.Server.Tests.Flight;

/// <summary>Queries and reads of at least a position, or of a moment of the past, by a call's metadata.</summary>
public sealed class ReadPointTests : IAsyncLifetime
{
    private static readonly Schema Columns = new([new Field("n", ArrowTypes.Int64)]);

    private RunningServer _server = null!;
    private FlightCalls _flight = null!;

    public async Task InitializeAsync()
    {
        _server = await RunningServer.StartAsync(o => o.Read.PositionWait = TimeSpan.FromMinutes(2));
        _flight = new FlightCalls(_server.Channel);
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task A_query_waits_for_the_position_that_it_names_and_tells_that_of_its_view()
    {
        await AppendAsync("s", 1);
        long next = _server.Server.Engine.VisibleUpTo.Value + 1;
        Task<(string Json, long Position, FlightInfo Info)> query = QueryAsync("select count(*) as c from s", ("varve-min-position", Text(next)));
        await Task.WhenAny(query, Task.Delay(50));
        Assert.False(query.IsCompleted);
        await AppendAsync("s", 2);

        (string json, long position, FlightInfo info) = await query;
        Assert.Equal("""{"c":2}""", json);
        Assert.True(position >= next);
        Assert.InRange(AnswerPosition.Parser.ParseFrom(info.AppMetadata).Position, next, position);
    }

    [Fact]
    public async Task A_position_that_does_not_come_fails_with_what_was_found()
    {
        await using RunningServer hasty = await RunningServer.StartAsync(o => o.Read.PositionWait = TimeSpan.FromMilliseconds(10));
        _flight = new FlightCalls(hasty.Channel);
        await AppendAsync("s", 1);
        long visible = hasty.Server.Engine.VisibleUpTo.Value;
        RpcException e = await Assert.ThrowsAsync<RpcException>(() => QueryAsync("select 1", hasty, ("varve-min-position", "1000")));
        Assert.Equal((StatusCode.DeadlineExceeded, ErrorCode.PositionNotReached), (e.Code, RunningServer.DetailOf(e).Code));
        Assert.Equal($"position 1000 was asked for; after 0.01 s, {visible} is visible", e.Message);
        using ServerStreamingCall<ReadResponse> read = hasty.OpenRead(
            new ReadRequest { Stream = "s" }, new CallOptions { Headers = new Metadata { { "varve-min-position", "1000" } } });
        e = await Assert.ThrowsAsync<RpcException>(async () => await read.ResponseStream.ReadAsync());
        Assert.Equal(ErrorCode.PositionNotReached, RunningServer.DetailOf(e).Code);
    }

    [Fact]
    public async Task A_query_reads_streams_as_they_were()
    {
        long first = await AppendAsync("s", 1);
        await AppendAsync("t", 10, 20);
        DateTimeOffset between = TimeProvider.System.GetUtcNow();

        // The clock of rows counts microseconds.
        while (TimeProvider.System.GetUtcNow() - between < TimeSpan.FromMilliseconds(1))
            await Task.Yield();
        await AppendAsync("s", 2);
        await AppendAsync("t", 30);
        await _server.Server.Engine.FlushAsync("s");
        const string sql = "select (select sum(n)::bigint from s) as s, (select sum(n)::bigint from t) as t";

        Assert.Equal("""{"s":3,"t":60}""", (await QueryAsync(sql)).Json);
        Assert.Equal("""{"s":1,"t":30}""", (await QueryAsync(sql, ("varve-as-of-time", between.ToString("O")))).Json);
        Assert.Equal("""{"s":1,"t":10}""", (await QueryAsync(sql, ("varve-as-of-offset", "s=1,t=1"))).Json);
        Assert.Equal("""{"s":1,"t":60}""", (await QueryAsync(sql, ("varve-as-of-offset", "s=1"))).Json);
        (string json, long position, _) = await QueryAsync("select sum(n)::bigint as s from s", ("varve-as-of-position", Text(first)));
        Assert.Equal(("""{"s":1}""", first), (json, position));
    }

    [Fact]
    public async Task A_ticket_keeps_the_moment_that_it_was_made_for()
    {
        long first = await AppendAsync("s", 1);
        await AppendAsync("s", 2);
        FlightInfo info = await InfoAsync("select sum(n)::bigint as s from s", _server, ("varve-as-of-position", Text(first)));
        Assert.Equal("""{"s":1}""", (await _flight.GetAsync(info.Endpoint[0].Ticket)).Json.Trim());

        FlightInfo stream = await _server.Channel.CallUnaryAsync<FlightDescriptor, FlightInfo>(
            FlightCalls.Method("GetFlightInfo"), FlightMessages.StreamDescriptor("s"), Options([("varve-as-of-position", Text(first))]));
        Assert.Equal((1L, first), (stream.TotalRecords, AnswerPosition.Parser.ParseFrom(stream.AppMetadata).Position));
        Assert.Equal("""{"n":1}""", (await _flight.GetAsync(stream.Endpoint[0].Ticket)).Json.Trim());
    }

    [Theory]
    [InlineData("varve-min-position", "x", ErrorCode.InvalidRequest)]
    [InlineData("varve-as-of-position", "0", ErrorCode.InvalidRequest)]
    [InlineData("varve-as-of-time", "yesterday", ErrorCode.InvalidRequest)]
    [InlineData("varve-as-of-time", "2999-01-01T00:00:00Z", ErrorCode.InvalidRequest)]
    [InlineData("varve-as-of-time", "1999-01-01T00:00:00Z", ErrorCode.OffsetOutOfRange)]
    [InlineData("varve-as-of-offset", "s", ErrorCode.InvalidRequest)]
    [InlineData("varve-as-of-offset", "s=1,s=1", ErrorCode.InvalidRequest)]
    [InlineData("varve-as-of-offset", "s=7", ErrorCode.OffsetOutOfRange)]
    public async Task What_is_no_moment_or_not_held_is_refused(string key, string value, ErrorCode code)
    {
        await AppendAsync("s", 1);
        RpcException e = await Assert.ThrowsAsync<RpcException>(() => QueryAsync("select * from s", (key, value)));
        Assert.Equal(code, RunningServer.DetailOf(e).Code);
        Assert.Contains(code == ErrorCode.InvalidRequest ? key : "'s' as of", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_moment_may_be_given_and_nothing_follows_from_the_past()
    {
        await AppendAsync("s", 1);
        RpcException two = await Assert.ThrowsAsync<RpcException>(
            () => QueryAsync("select 1", ("varve-as-of-position", "1"), ("varve-as-of-time", "2020-01-01T00:00:00Z")));
        Assert.Equal(ErrorCode.InvalidRequest, RunningServer.DetailOf(two).Code);
        using ServerStreamingCall<ReadResponse> follow = _server.OpenRead(
            new ReadRequest { Stream = "s", Follow = true }, Options([("varve-as-of-offset", "s=1")]));
        RpcException past = await Assert.ThrowsAsync<RpcException>(async () => await follow.ResponseStream.ReadAsync());
        Assert.Equal(ErrorCode.InvalidRequest, RunningServer.DetailOf(past).Code);
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static CallOptions Options((string Key, string Value)[] metadata)
    {
        var headers = new Metadata();
        foreach ((string key, string value) in metadata)
            headers.Add(key, value);
        return new CallOptions { Headers = headers };
    }

    private async Task<long> AppendAsync(string stream, params long[] numbers)
    {
        var builder = new RecordBatchBuilder(Columns);
        foreach (long number in numbers)
            builder.AppendRow(number);
        return (await _flight.AppendAsync(stream, Columns, builder.Build()))[0].Position;
    }

    private static Task<FlightInfo> InfoAsync(string sql, RunningServer server, params (string Key, string Value)[] metadata) =>
        server.Channel.CallUnaryAsync<FlightDescriptor, FlightInfo>(
            FlightCalls.Method("GetFlightInfo"), FlightMessages.CommandDescriptor(new CommandStatementQuery { Query = sql }), Options(metadata));

    private Task<(string Json, long Position, FlightInfo Info)> QueryAsync(string sql, params (string Key, string Value)[] metadata) =>
        QueryAsync(sql, _server, metadata);

    private static async Task<(string Json, long Position, FlightInfo Info)> QueryAsync(
        string sql, RunningServer server, params (string Key, string Value)[] metadata)
    {
        FlightInfo info = await InfoAsync(sql, server, metadata);
        using ServerStreamingCall<FlightData> call = server.Channel.ServerStreaming<Ticket, FlightData>(
            FlightCalls.Method("DoGet"), info.Endpoint[0].Ticket, Options(metadata));
        string json = (await FlightResult.ReadAsync(call)).Json.ReplaceLineEndings("");
        string position = (await call.ResponseHeadersAsync()).Single(h => h.Key == "varve-position").Text;
        return (json, long.Parse(position, CultureInfo.InvariantCulture), info);
    }
}
