using System.Diagnostics;
using Varve.Protocol.V1;
using Varve.Rpc;
using Varve.Rpc.Client;
using Varve.Server.Tests.Metrics;
using Xunit.Abstractions;

namespace Varve.Server.Tests.Streams;

public sealed class FollowTests(RunningServer server, ITestOutputHelper output) : IClassFixture<RunningServer>
{
    [Fact]
    public async Task A_follower_gets_new_rows_within_milliseconds()
    {
        StreamDescription stream = await server.CreateAsync("a int64");
        await server.AppendJsonAsync(stream.Name, """{"a":0}""");
        using ServerStreamingCall<ReadResponse> call = Follow(stream.Name);
        Assert.Equal("{\"a\":0}\n", await NextAsync(call));
        List<double> milliseconds = [];
        for (int i = 1; i <= 50; i++)
        {
            await server.AppendJsonAsync(stream.Name, $"{{\"a\":{i}}}");
            long acknowledged = Stopwatch.GetTimestamp();
            Assert.Equal($"{{\"a\":{i}}}\n", await NextAsync(call));
            milliseconds.Add(Stopwatch.GetElapsedTime(acknowledged).TotalMilliseconds);
        }

        milliseconds.Sort();
        output.WriteLine($"from the acknowledgement to the follower: median {milliseconds[25]:F2} ms, worst {milliseconds[^1]:F2} ms");
        Assert.True(milliseconds[25] < 100, $"the median was {milliseconds[25]} ms");
    }

    [Fact]
    public async Task Many_idle_followers_all_get_the_row()
    {
        const int Followers = 1000;
        StreamDescription stream = await server.CreateAsync("a int64");
        GrpcChannel[] channels = [.. Enumerable.Range(0, 4).Select(_ => server.OpenChannel())];
        long before = GC.GetTotalMemory(forceFullCollection: true);
        ServerStreamingCall<ReadResponse>[] calls =
            [.. Enumerable.Range(0, Followers).Select(i => Follow(stream.Name, channels[i % channels.Length]))];
        await Task.WhenAll(calls.Select(c => c.ResponseHeadersAsync()));
        long bytes = GC.GetTotalMemory(forceFullCollection: true) - before;
        output.WriteLine($"about {bytes / Followers / 1024} KiB for a follower, both ends together");
        await server.AppendJsonAsync(stream.Name, """{"a":1}""");
        string[] rows = await Task.WhenAll(calls.Select(NextAsync));
        Assert.All(rows, row => Assert.Equal("{\"a\":1}\n", row));
        foreach (IDisposable open in calls.Concat<IDisposable>(channels))
            open.Dispose();
    }

    [Fact]
    public async Task A_drop_ends_the_followers_with_stream_not_found()
    {
        StreamDescription stream = await server.CreateAsync("a int64");
        using ServerStreamingCall<ReadResponse> call = Follow(stream.Name);
        await call.ResponseHeadersAsync();
        await server.CallAsync<DropStreamRequest, DropStreamResponse>("DropStream", new DropStreamRequest { Name = stream.Name });
        var e = await Assert.ThrowsAsync<RpcException>(async () => await call.ResponseStream.ReadAsync());
        ErrorDetail detail = RunningServer.DetailOf(e);
        Assert.Equal((StatusCode.NotFound, ErrorCode.StreamNotFound, stream.Name), (e.Code, detail.Code, detail.Stream));
    }

    [Fact]
    public async Task A_bounded_follow_ends_when_its_rows_have_come()
    {
        StreamDescription stream = await server.CreateAsync("a int64");
        using ServerStreamingCall<ReadResponse> byCount = server.OpenRead(Request(stream.Name, r => r.MaxRows = 3));
        using ServerStreamingCall<ReadResponse> byOffset = server.OpenRead(Request(stream.Name, r => r.ToOffset = 3));
        await server.AppendJsonAsync(stream.Name, "{\"a\":0}{\"a\":1}");
        Assert.Equal("{\"a\":0}\n{\"a\":1}\n", await NextAsync(byCount));
        await server.AppendJsonAsync(stream.Name, "{\"a\":2}{\"a\":3}");
        Assert.Equal("{\"a\":2}\n", await NextAsync(byCount));
        Assert.Null(await byCount.ResponseStream.ReadAsync());
        List<ReadResponse> rest = [];
        await foreach (ReadResponse response in byOffset.ResponseStream.ReadAllAsync())
            rest.Add(response);
        Assert.Equal(3, rest.Sum(r => r.RowCount));
    }

    [Fact]
    public async Task A_follow_may_start_at_the_end()
    {
        StreamDescription stream = await server.CreateAsync("a int64");
        await server.AppendJsonAsync(stream.Name, "{\"a\":0}{\"a\":1}");
        using ServerStreamingCall<ReadResponse> atEnd = server.OpenRead(Request(stream.Name, r => r.FromOffset = 2));
        using ServerStreamingCall<ReadResponse> newest = server.OpenRead(Request(stream.Name, r => r.LastRows = 0));
        await Task.WhenAll(atEnd.ResponseHeadersAsync(), newest.ResponseHeadersAsync());
        await server.AppendJsonAsync(stream.Name, "{\"a\":2}");
        Assert.Equal("{\"a\":2}\n", await NextAsync(atEnd));
        Assert.Equal("{\"a\":2}\n", await NextAsync(newest));
    }

    [Fact]
    public async Task A_column_added_meanwhile_does_not_disturb_a_follower()
    {
        StreamDescription stream = await server.CreateAsync("a int64");
        using ServerStreamingCall<ReadResponse> call = Follow(stream.Name);
        await call.ResponseHeadersAsync();
        var alter = new AlterStreamRequest { Name = stream.Name, AddColumns = new Columns { Columns_ = { RunningServer.Column("b utf8") } } };
        await server.CallAsync<AlterStreamRequest, AlterStreamResponse>("AlterStream", alter);
        await server.AppendJsonAsync(stream.Name, """{"a":1,"b":"x"}""");
        Assert.Equal("{\"a\":1}\n", await NextAsync(call));
    }

    [Fact]
    public async Task A_reader_that_does_not_read_holds_nobody_up_and_loses_nothing()
    {
        StreamDescription stream = await server.CreateAsync("b utf8");
        using GrpcChannel channel = server.OpenChannel(new GrpcChannelOptions { StreamWindowBytes = 64 << 10 });
        using ServerStreamingCall<ReadResponse> slow = channel.ServerStreaming<ReadRequest, ReadResponse>(
            RunningServer.Method("Read"), new ReadRequest { Stream = stream.Name, Follow = true, MaxRows = 64, Format = RowFormat.Json });
        await slow.ResponseHeadersAsync();
        string row = $"{{\"b\":\"{new string('x', 512 << 10)}\"}}";
        for (int i = 0; i < 64; i++)
            await server.AppendJsonAsync(stream.Name, row);

        // 32 MiB wait for a reader with a window of 64 KiB; the connection of the others and the daemon go on.
        Assert.Equal(64, server.Server.Engine.Describe(stream.Name).EndOffset);
        long rows = 0;
        await foreach (ReadResponse response in slow.ResponseStream.ReadAllAsync())
        {
            Assert.Equal(rows, response.FirstOffset);
            rows += response.RowCount;
        }

        Assert.Equal(64, rows);
    }

    [Fact]
    public async Task A_follower_that_goes_is_forgotten()
    {
        StreamDescription stream = await server.CreateAsync("a int64");
        using (ServerStreamingCall<ReadResponse> call = Follow(stream.Name))
        {
            await call.ResponseHeadersAsync();
            Assert.True(await OpenFollowersAsync() >= 1);
        }

        long started = Stopwatch.GetTimestamp();
        while (await OpenFollowersAsync() > 0)
            Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(30), "the call of a follower that went does not end");
    }

    private ServerStreamingCall<ReadResponse> Follow(string stream, GrpcChannel? channel = null) =>
        (channel ?? server.Channel).ServerStreaming<ReadRequest, ReadResponse>(RunningServer.Method("Read"), Request(stream));

    private async Task<double> OpenFollowersAsync() =>
        PrometheusScrape.Parse(await server.HttpGetAsync("/metrics"))["varve_server_reads_active", "follow=true"];

    private static ReadRequest Request(string stream, Action<ReadRequest>? change = null)
    {
        var request = new ReadRequest { Stream = stream, Follow = true, Format = RowFormat.Json };
        change?.Invoke(request);
        return request;
    }

    private static async Task<string> NextAsync(ServerStreamingCall<ReadResponse> call) =>
        (await call.ResponseStream.ReadAsync())!.Json.ToStringUtf8();
}
