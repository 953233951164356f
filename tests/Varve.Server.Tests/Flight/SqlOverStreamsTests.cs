namespace Varve.Server.Tests.Flight;

/// <summary>SQL that goes over several streams at once, as dashboards and jobs write it.</summary>
public sealed class SqlOverStreamsTests(RunningServer server) : IClassFixture<RunningServer>, IAsyncLifetime
{
    private readonly FlightCalls _flight = new(server.Channel);

    public async Task InitializeAsync()
    {
        if (server.Server.Engine.TryDescribe("trades", out _))
            return;
        await _flight.UpdateAsync("create table prices (symbol varchar, ts timestamp, price double)");
        await _flight.UpdateAsync("create table trades (symbol varchar, ts timestamp, amount int)");
        await _flight.UpdateAsync(
            "insert into prices values ('A', '2024-01-01 10:00:00', 1.0), ('A', '2024-01-01 10:05:00', 2.0), ('B', '2024-01-01 10:00:00', 5.0)");
        await _flight.UpdateAsync(
            """
            insert into trades values ('A', '2024-01-01 10:01:00', 10), ('A', '2024-01-01 10:06:00', 20), ('B', '2024-01-01 10:59:00', 30),
            ('C', '2024-01-01 10:07:00', 40)
            """);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData(
        "select symbol, count(distinct price) as prices, max(amount) as amount from trades join prices using (symbol) group by symbol order by symbol",
        """{"symbol":"A","prices":2,"amount":20}{"symbol":"B","prices":1,"amount":30}""")]
    [InlineData(
        "select t.symbol, p.price from trades t left join prices p on p.symbol = t.symbol and p.price > 4 order by t._offset",
        """{"symbol":"A","price":null}{"symbol":"A","price":null}{"symbol":"B","price":5}{"symbol":"C","price":null}""")]
    [InlineData(
        "select t.symbol, t.amount * p.price as value from trades t asof join prices p on t.symbol = p.symbol and t.ts >= p.ts order by t._offset",
        """{"symbol":"A","value":10}{"symbol":"A","value":40}{"symbol":"B","value":150}""")]
    [InlineData(
        "select time_bucket(interval '5 minutes', ts) as bucket, sum(amount)::int as amount from trades group by bucket order by bucket",
        """
        {"bucket":"2024-01-01T10:00:00.000000","amount":10}{"bucket":"2024-01-01T10:05:00.000000","amount":60}
        {"bucket":"2024-01-01T10:55:00.000000","amount":30}
        """)]
    [InlineData(
        """
        with per as (select symbol, sum(amount)::int as total from trades group by symbol), best as (select max(total) as total from per)
        select symbol from per join best using (total)
        """,
        """{"symbol":"C"}""")]
    [InlineData(
        "with recursive n(i) as (select 1 union all select i + 1 from n where i < 4) select count(*) as pairs from n join trades on i = _offset + 1",
        """{"pairs":4}""")]
    [InlineData(
        """
        select _offset, sum(amount) over (partition by symbol order by ts)::int as running, lag(amount) over (order by ts) as before
        from trades order by 1
        """,
        """
        {"_offset":0,"running":10,"before":null}{"_offset":1,"running":30,"before":10}{"_offset":2,"running":30,"before":40}
        {"_offset":3,"running":40,"before":20}
        """)]
    [InlineData(
        "select symbol, amount from trades qualify row_number() over (partition by symbol order by amount desc) = 1 order by symbol",
        """{"symbol":"A","amount":20}{"symbol":"B","amount":30}{"symbol":"C","amount":40}""")]
    [InlineData(
        "select symbol from trades where symbol not in (select symbol from prices) union select 'Z' order by 1",
        """{"symbol":"C"}{"symbol":"Z"}""")]
    [InlineData(
        "select symbol, (select max(price) from prices p where p.symbol = t.symbol) as highest from trades t where amount < 25 order by _offset",
        """{"symbol":"A","highest":2}{"symbol":"A","highest":2}""")]
    public async Task A_statement_over_streams_gives_its_rows(string sql, string expected)
    {
        FlightResult rows = await _flight.QueryAsync(sql);

        Assert.Equal(expected.ReplaceLineEndings(""), rows.Json.ReplaceLineEndings(""));
    }
}
