using Varve.Protocol.V1;
using Varve.Rpc;
using Varve.Rpc.Client;
using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Server.Tests.Streams;

/// <summary>Reads and follows of the rows for which a condition holds, and from the position of an earlier answer on.</summary>
public sealed class FilterTests(RunningServer server, ITestOutputHelper output) : IClassFixture<RunningServer>
{
    [Fact]
    public async Task Rows_that_match_come_in_order_with_the_types_of_their_stream()
    {
        StreamDescription stream = await server.CreateAsync("a int64", "b utf8", "c decimal128(9, 2)");
        for (int i = 0; i < 5; i++)
            await server.AppendJsonAsync(stream.Name, $$"""{"a":{{2 * i}},"b":"x{{i}}","c":"{{i}}.25"}{"a":{{(2 * i) + 1}},"b":null,"c":null}""");
        await server.Server.Engine.FlushAsync(stream.Name);
        await server.AppendJsonAsync(stream.Name, """{"a":10,"b":"last","c":"7"}""");

        Assert.Equal("""
            {"c":"2.25","_offset":4}
            {"c":"4.25","_offset":8}
            {"c":"7.00","_offset":10}

            """.ReplaceLineEndings("\n"),
            await server.ReadJsonAsync(Request(stream.Name, "a % 4 = 0 and _offset > 0 or b = 'last' -- and a comment", r => r.Columns.Add(["c", "_offset"]))));
        Assert.Equal("{\"a\":3}\n{\"a\":5}\n", await server.ReadJsonAsync(Request(stream.Name, "b is null and a > 1", r =>
        {
            r.Columns.Add("a");
            r.MaxRows = 2;
        })));
        Assert.Equal("", await server.ReadJsonAsync(Request(stream.Name, "false")));
    }

    [Fact]
    public async Task A_follower_with_a_filter_gets_what_matches_and_is_told_where_to_go_on()
    {
        StreamDescription stream = await server.CreateAsync("a int64");
        await server.AppendJsonAsync(stream.Name, "{\"a\":1}{\"a\":2}{\"a\":3}");
        using ServerStreamingCall<ReadResponse> call = server.OpenRead(Request(stream.Name, "a % 2 = 1", r => r.Follow = true));
        ReadResponse first = (await call.ResponseStream.ReadAsync())!;
        await server.AppendJsonAsync(stream.Name, "{\"a\":4}");
        await server.AppendJsonAsync(stream.Name, "{\"a\":6}{\"a\":7}{\"a\":8}");
        ReadResponse second = (await call.ResponseStream.ReadAsync())!;

        Assert.Equal(("{\"a\":1}\n{\"a\":3}\n", 0L, 3L), (first.Json.ToStringUtf8(), first.FirstOffset, first.NextOffset));
        Assert.Equal(("{\"a\":7}\n", 5L, 7L), (second.Json.ToStringUtf8(), second.FirstOffset, second.NextOffset));
    }

    [Fact]
    public async Task Any_condition_over_random_rows_gives_what_the_rows_say()
    {
        var random = new Random(TestSeed.Next(output.WriteLine));
        StreamDescription stream = await server.CreateAsync("a int64");
        List<long> values = [];
        for (int i = 0; i < 40; i++)
        {
            long[] some = [.. Enumerable.Range(0, i == 10 ? 100_000 : random.Next(1, 400)).Select(_ => random.NextInt64(1_000))];
            await server.AppendJsonAsync(stream.Name, string.Concat(some.Select(v => $"{{\"a\":{v}}}")));
            values.AddRange(some);
            if (random.Next(6) == 0)
                await server.Server.Engine.FlushAsync(stream.Name);
        }

        foreach (int least in new[] { 0, 500, 990, 999, 1_000 })
        {
            long from = random.NextInt64(values.Count);
            List<ReadResponse> responses = await server.ReadAsync(Request(stream.Name, $"a >= {least}", r => r.FromOffset = from));
            string expected = string.Concat(values.Skip((int)from).Where(v => v >= least).Select(v => $"{{\"a\":{v}}}\n"));
            Assert.Equal(expected, string.Concat(responses.Select(r => r.Json.ToStringUtf8())));
            Assert.All(responses, r => Assert.Equal(values[(int)r.FirstOffset], long.Parse(r.Json.ToStringUtf8()[5..].Split('}')[0])));
        }
    }

    [Theory]
    [InlineData("a >", ErrorCode.SqlInvalid)]
    [InlineData("nothing = 1", ErrorCode.SqlInvalid)]
    [InlineData("a = $1", ErrorCode.SqlRefused)]
    [InlineData("true) or (true", null)]
    [InlineData("true) union all (select 1", ErrorCode.SqlRefused)]
    [InlineData("true) limit (1", ErrorCode.SqlRefused)]
    [InlineData("true) group by (a", ErrorCode.SqlRefused)]
    [InlineData("true); select (1", ErrorCode.SqlRefused)]
    [InlineData("a in (select * from read_csv('/etc/passwd'))", ErrorCode.SqlRefused)]
    public async Task What_is_no_condition_is_refused(string filter, ErrorCode? refusal)
    {
        StreamDescription stream = await server.CreateAsync("a int64");
        await server.AppendJsonAsync(stream.Name, "{\"a\":1}");
        if (refusal is null)
        {
            Assert.Equal("{\"a\":1}\n", await server.ReadJsonAsync(Request(stream.Name, filter)));
            return;
        }

        RpcException e = await Assert.ThrowsAsync<RpcException>(() => server.ReadAsync(Request(stream.Name, filter)));
        Assert.Equal(refusal, RunningServer.DetailOf(e).Code);
    }

    [Fact]
    public async Task A_read_goes_on_behind_a_position()
    {
        StreamDescription stream = await server.CreateAsync("a int64");
        AppendResponse first = await server.AppendJsonAsync(stream.Name, "{\"a\":1}{\"a\":2}");
        await server.CreateAsync("a int64");
        AppendResponse second = await server.AppendJsonAsync(stream.Name, "{\"a\":3}");
        for (long position = first.Position; position < second.Position; position++)
            Assert.Equal("{\"a\":3}\n", await server.ReadJsonAsync(After(stream.Name, position)));
        Assert.Equal("", await server.ReadJsonAsync(After(stream.Name, second.Position)));
        Task<string> next = server.ReadJsonAsync(After(stream.Name, second.Position + 1));
        await server.AppendJsonAsync(stream.Name, "{\"a\":4}");
        Assert.Equal("", await next);

        RpcException old = await Assert.ThrowsAsync<RpcException>(() => server.ReadAsync(After(stream.Name, 1)));
        Assert.Equal((StatusCode.OutOfRange, ErrorCode.OffsetOutOfRange), (old.Code, RunningServer.DetailOf(old).Code));
        RpcException zero = await Assert.ThrowsAsync<RpcException>(() => server.ReadAsync(After(stream.Name, 0)));
        Assert.Equal(ErrorCode.InvalidRequest, RunningServer.DetailOf(zero).Code);
    }

    private static ReadRequest After(string stream, long position) => new() { Stream = stream, AfterPosition = position, Format = RowFormat.Json };

    private static ReadRequest Request(string stream, string filter, Action<ReadRequest>? change = null)
    {
        var request = new ReadRequest { Stream = stream, Filter = filter, Format = RowFormat.Json };
        change?.Invoke(request);
        return request;
    }
}
