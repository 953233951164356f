using Varve.EndToEnd.Tests.Clients;

namespace Varve.EndToEnd.Tests;

/// <summary>SQL through Flight SQL clients of other makers, on different stacks.</summary>
[Collection(RealClients.Name)]
public class FlightSqlClientTests(Daemon daemon, NodeClients node)
{
    private const string Numbers = "select id, name, value from trips order by id";

    private const string NumbersRows = """[["1","Zürich",1.5],["2",null,-2],["3","",null]]""";

    private const string Count = "select count(*) as n, sum(id) as total from many";

    /// <summary>Two in Rust (tonic), three in JavaScript (grpc-js twice, connect-es).</summary>
    [Theory]
    [InlineData("lakehouse")]
    [InlineData("ceramic")]
    [InlineData("gizmosql")]
    [InlineData("qualithm")]
    public async Task A_client_reads_rows_nulls_and_counts(string client)
    {
        ClientAnswer answer = await RunAsync(client, new { Numbers, Count, Empty = "select id from trips where id > 100" });

        Assert.Equal(NumbersRows, answer.Rows("Numbers"));
        Assert.Equal(["id: Int64", "name: Utf8", "value: Float64"], answer.Columns("Numbers"));
        Assert.Equal("""[["200000","19999900000"]]""", answer.Rows("Count"));
        Assert.Equal("[]", answer.Rows("Empty"));
    }

    [Theory]
    [InlineData("lakehouse")]
    [InlineData("ceramic")]
    [InlineData("gizmosql")]
    [InlineData("qualithm")]
    public async Task A_client_learns_what_is_wrong_with_its_sql_and_goes_on(string client)
    {
        ClientAnswer answer = await RunAsync(
            client, new { Syntax = "selec 1", Table = "select * from nowhere", Column = "select nothing from trips", Numbers });

        // This client keeps the daemon's words to itself.
        bool isMute = client == "lakehouse";
        Assert.Contains(isMute ? "failed to prepare" : "syntax error", answer.Error("Syntax"), StringComparison.OrdinalIgnoreCase);
        Assert.Contains(isMute ? "failed to prepare" : "nowhere", answer.Error("Table"), StringComparison.Ordinal);
        Assert.Contains(isMute ? "failed to prepare" : "nothing", answer.Error("Column"), StringComparison.Ordinal);
        Assert.Equal(NumbersRows, answer.Rows("Numbers"));
    }

    [Fact]
    public async Task A_client_whose_handshake_never_ends_connects_and_reads()
    {
        ClientAnswer answer = await RunAsync("lancedb", new { Numbers });

        Assert.Contains("Zürich", answer.Text("Numbers"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_ticket_of_influxdb_is_answered()
    {
        ClientAnswer answer = await RunAsync("influx", new { Numbers });

        Assert.Contains("Zürich", answer.Text("Numbers"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Parameters_of_a_prepared_statement_are_bound_by_a_rust_client()
    {
        ClientAnswer answer = await node.RunAsync("sql.mjs", new
        {
            client = "ceramic",
            port = daemon.Port,
            prepared = new Dictionary<string, object>
            {
                ["byId"] = new object[] { "select name from trips where id = $1", new[] { new[] { "$1", "1" } } },
                ["byName"] = new object[] { "select id from trips where name = $name", new[] { new[] { "$name", "Zürich" } } },
            },
        });

        Assert.Equal("""[["Zürich"]]""", answer.Rows("byId"));
        Assert.Equal("""[["1"]]""", answer.Rows("byName"));
    }

    [Fact]
    public async Task Rows_stream_into_a_client_batch_by_batch()
    {
        ClientAnswer answer = await node.RunAsync("sql.mjs", new
        {
            client = "ceramic",
            port = daemon.Port,
            stream = new { Many = "select * from many" },
        });

        Assert.Equal(Daemon.ManyRows, answer["Many"].GetProperty("rows").GetInt32());
        Assert.InRange(answer["Many"].GetProperty("batches").GetInt32(), 3, 100);
    }

    [Fact]
    public async Task A_prepared_statement_is_run_and_closed_and_what_changes_rows_and_transactions_are_refused_by_name()
    {
        ClientAnswer answer = await node.RunAsync("sql.mjs", new
        {
            client = "qualithm",
            port = daemon.Port,
            prepareAndClose = new { Numbers },
            update = new { Delete = "delete from trips" },
            begin = true,
        });

        Assert.Equal(NumbersRows, answer.Rows("Numbers"));
        Assert.Contains("DELETE statements are not allowed", answer.Error("Delete"), StringComparison.Ordinal);
        Assert.Contains("transactions", answer.Error("begin"), StringComparison.Ordinal);
    }

    /// <summary>One value of most types that SQL gives, read by apache-arrow and by arrow-rs.</summary>
    [Theory]
    [InlineData("gizmosql")]
    [InlineData("ceramic")]
    [InlineData("lakehouse")]
    public async Task Values_of_many_types_are_read(string client)
    {
        const string sql = """
            select true as b, 7::tinyint as i8, 65535::usmallint as u16, 1.5::float as f, 123.45::decimal(9, 2) as d, date '2024-02-29' as day,
            timestamp '2024-02-29 12:00:00' as ts, timestamptz '2024-02-29 12:00:00+00' as tz, '\xC3\xBC'::blob as bin, [1, null, 3] as list,
            {'x': 1, 'y': 'two'} as pair, null::varchar as nothing
            """;

        ClientAnswer answer = await RunAsync(client, new { Kinds = sql });

        Assert.Equal(
            """[[true,7,65535,1.5,"12345",1709164800000,1709208000000,1709208000000,"c3bc",[1,null,3],{"x":1,"y":"two"},null]]""",
            answer.Rows("Kinds"));
    }

    private Task<ClientAnswer> RunAsync(string client, object queries) => node.RunAsync("sql.mjs", new { client, port = daemon.Port, queries });
}
