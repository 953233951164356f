using Varve.Protocol.Flight;
using Varve.Protocol.V1;
using Varve.Rpc;
using Varve.Server.Tests.Flight;

namespace Varve.Server.Tests.Streams;

/// <summary>Streams whose rows are in segments and in the tail, as clients read them.</summary>
public sealed class SegmentReadTests : IAsyncLifetime
{
    private const int BatchRows = 100;

    private RunningServer _server = null!;

    public async Task InitializeAsync() => _server = await RunningServer.StartAsync(o => o.Seal.Compact = false);

    public Task DisposeAsync() => _server.DisposeAsync().AsTask();

    [Fact]
    public async Task Reads_flight_and_sql_take_segments_and_tail_as_one_stream()
    {
        string stream = await FilledAsync(segmentCount: 3, withTail: true);

        StreamDescription described = (await DescribeAsync(stream)).Stream;
        Assert.Equal((400, 100, 3, 0), (described.RowCount, described.TailRows, described.Segments, described.FirstOffset));
        string expected = string.Concat(Enumerable.Range(0, 400).Select(i => $"{{\"n\":{i}}}\n"));
        Assert.Equal(expected, await _server.ReadJsonAsync(new ReadRequest { Stream = stream }));
        Assert.Equal("{\"n\":299}\n{\"n\":300}\n", await _server.ReadJsonAsync(new ReadRequest { Stream = stream, FromOffset = 299, MaxRows = 2 }));
        var flight = new FlightCalls(_server.Channel);
        FlightInfo info = await flight.InfoAsync(FlightMessages.StreamDescriptor(stream));
        Assert.Equal(400, info.TotalRecords);
        Assert.Equal(expected, (await flight.GetAsync(info.Endpoint[0].Ticket)).Json);
        Assert.Equal("{\"c\":400,\"s\":79800}\n", (await flight.QueryAsync($"select count(*) as c, sum(n)::bigint as s from {stream}")).Json);
    }

    [Fact]
    public async Task What_columns_take_is_said_when_asked_for()
    {
        string stream = await FilledAsync(segmentCount: 2, withTail: false);

        Assert.Null((await DescribeAsync(stream)).Storage);
        StreamStorage storage = (await DescribeAsync(stream, includeStorage: true)).Storage;

        Assert.Equal(["n", "_time"], storage.Columns.Select(c => c.Name));
        Assert.All(storage.Columns, c => Assert.Equal((200, 200 * sizeof(long)), (c.RowCount, c.RawBytes)));
        Assert.All(storage.Columns, c => Assert.Equal(2, c.Encodings.Sum(e => e.Blocks)));
        Assert.All(storage.Columns, c => Assert.InRange(c.StoredBytes, 1, c.RawBytes));
        Assert.Equal(storage.Columns.Sum(c => c.RawBytes), storage.RawBytes);
    }

    [Fact]
    public async Task Rows_that_were_let_go_are_out_of_range_and_the_rest_is_read()
    {
        string stream = await FilledAsync(segmentCount: 3, withTail: false);

        await _server.CallAsync<AlterStreamRequest, AlterStreamResponse>(
            "AlterStream", new AlterStreamRequest { Name = stream, ChangeSettings = new SettingsChange { RetainRows = BatchRows } });
        await Until.True(() => _server.Server.Engine.Describe(stream).FirstOffset == 2 * BatchRows, "the oldest segments go");

        RpcException refused = await Assert.ThrowsAsync<RpcException>(() => _server.ReadAsync(new ReadRequest { Stream = stream, FromOffset = 199 }));
        Assert.Equal((StatusCode.OutOfRange, ErrorCode.OffsetOutOfRange), (refused.Code, RunningServer.DetailOf(refused).Code));
        Assert.Contains("oldest row is 200", refused.Message, StringComparison.Ordinal);
        string rest = string.Concat(Enumerable.Range(200, 100).Select(i => $"{{\"n\":{i}}}\n"));
        Assert.Equal(rest, await _server.ReadJsonAsync(new ReadRequest { Stream = stream }));
        Assert.Equal(rest, await _server.ReadJsonAsync(new ReadRequest { Stream = stream, LastRows = 1000 }));
        FlightInfo info = await new FlightCalls(_server.Channel).InfoAsync(FlightMessages.StreamDescriptor(stream));
        Assert.Equal(100, info.TotalRecords);
    }

    [Fact]
    public async Task Flushing_and_compacting_an_unknown_stream_is_refused()
    {
        foreach (Func<Task> call in (Func<Task>[])[
            () => _server.CallAsync<FlushStreamRequest, FlushStreamResponse>("FlushStream", new FlushStreamRequest { Name = "nothing" }),
            () => _server.CallAsync<CompactStreamRequest, CompactStreamResponse>("CompactStream", new CompactStreamRequest { Name = "nothing" })])
        {
            RpcException refused = await Assert.ThrowsAsync<RpcException>(call);
            Assert.Equal((ErrorCode.StreamNotFound, "nothing"), (RunningServer.DetailOf(refused).Code, RunningServer.DetailOf(refused).Stream));
        }
    }

    [Fact]
    public async Task Small_segments_are_merged_when_it_is_asked_for()
    {
        string stream = await FilledAsync(segmentCount: 3, withTail: false);

        StreamDescription compacted = (await _server.CallAsync<CompactStreamRequest, CompactStreamResponse>(
            "CompactStream", new CompactStreamRequest { Name = stream })).Stream;

        Assert.Equal((1, 300), (compacted.Segments, compacted.RowCount));
    }

    private async Task<string> FilledAsync(int segmentCount, bool withTail)
    {
        string stream = (await _server.CreateAsync("n int64")).Name;
        for (int i = 0; i < segmentCount; i++)
        {
            await AppendAsync(stream, i * BatchRows);
            FlushStreamResponse flushed = await _server.CallAsync<FlushStreamRequest, FlushStreamResponse>(
                "FlushStream", new FlushStreamRequest { Name = stream });
            Assert.Equal((i + 1, 0), (flushed.Stream.Segments, flushed.Stream.TailRows));
        }

        if (withTail)
            await AppendAsync(stream, segmentCount * BatchRows);
        return stream;
    }

    private Task<AppendResponse> AppendAsync(string stream, int first) =>
        _server.AppendJsonAsync(stream, string.Concat(Enumerable.Range(first, BatchRows).Select(i => $"{{\"n\":{i}}}\n")));

    private Task<DescribeStreamResponse> DescribeAsync(string name, bool includeStorage = false) =>
        _server.CallAsync<DescribeStreamRequest, DescribeStreamResponse>(
            "DescribeStream", new DescribeStreamRequest { Name = name, IncludeStorage = includeStorage });
}
