using Varve.Arrow;
using Varve.Arrow.Builders;
using Varve.Arrow.Ipc;
using Varve.Protocol.V1;
using Varve.Rpc;

namespace Varve.Server.Tests.Streams;

public sealed class ReadTests(ReadTests.Fixture fixture) : IClassFixture<ReadTests.Fixture>
{
    private readonly RunningServer _server = fixture.Running;

    /// <summary>A daemon with a stream of 200,000 rows (a: int64 = offset, b: utf8) and an empty one.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        public const int RowCount = 200_000;

        public RunningServer Running { get; } = new();

        public string Stream { get; private set; } = "";

        public string Empty { get; private set; } = "";

        public async Task InitializeAsync()
        {
            await Running.InitializeAsync();
            Stream = (await Running.CreateAsync("a int64 not null", "b utf8")).Name;
            Empty = (await Running.CreateAsync("a int64")).Name;
            var builder = new RecordBatchBuilder(new Schema([new Field("a", ArrowTypes.Int64, false), new Field("b", ArrowTypes.Utf8)]));
            for (int i = 0; i < RowCount; i++)
                builder.AppendRow((long)i, i % 5 == 0 ? null : $"row {i}");
            await Running.AppendAsync(RunningServer.Arrow(Stream, builder.Build()));
        }

        public async Task DisposeAsync() => await Running.DisposeAsync();
    }

    [Theory]
    [InlineData(RowFormat.Arrow)]
    [InlineData(RowFormat.Columns)]
    [InlineData(RowFormat.Json)]
    public async Task All_rows_come_in_order_in_messages_of_bounded_size(RowFormat format)
    {
        List<ReadResponse> responses = await _server.ReadAsync(new ReadRequest { Stream = fixture.Stream, Format = format });
        long next = 0;
        foreach (ReadResponse response in responses.Where(r => r.RowCount > 0))
        {
            Assert.Equal(next, response.FirstOffset);
            Assert.InRange(response.RowCount, 1, 65_536);
            Assert.InRange(response.CalculateSize(), 1, 2_500_000);
            Assert.Equal(Fixture.RowCount, response.EndOffset);
            Assert.True(response.Position > 0);
            next += response.RowCount;
        }

        Assert.Equal(Fixture.RowCount, next);
    }

    [Fact]
    public async Task The_bytes_of_an_Arrow_read_are_one_IPC_stream()
    {
        using var bytes = new MemoryStream();
        foreach (ReadResponse response in await _server.ReadAsync(new ReadRequest { Stream = fixture.Stream, MaxBatchRows = 1000, ToOffset = 5000 }))
            response.Arrow.WriteTo(bytes);
        using var reader = new IpcStreamReader(bytes.ToArray());
        Assert.Equal("a: int64 not null, b: utf8", reader.Schema.ToString());
        int rows = 0;
        while (reader.ReadNext() is { } batch)
        {
            Assert.Equal(1000, batch.RowCount);
            rows += batch.RowCount;
        }

        Assert.Equal(5000, rows);
    }

    [Theory]
    [InlineData(10L, null, 15L, 0L, "10-14")]
    [InlineData(10L, null, null, 3L, "10-12")]
    [InlineData(10L, null, 12L, 5L, "10-11")]
    [InlineData(null, 4L, null, 0L, "199996-199999")]
    [InlineData(null, 4L, null, 2L, "199996-199997")]
    [InlineData(null, 0L, null, 0L, "")]
    [InlineData(null, null, null, 2L, "0-1")]
    [InlineData(200_000L, null, null, 0L, "")]
    [InlineData(199_999L, null, 500_000L, 0L, "199999-199999")]
    [InlineData(7L, null, 7L, 0L, "")]
    [InlineData(65_530L, null, 65_545L, 0L, "65530-65544")]
    [InlineData(null, 1_000_000L, 2L, 0L, "0-1")]
    public async Task Ranges_are_what_was_asked_for(long? from, long? last, long? to, long max, string expected)
    {
        var request = new ReadRequest { Stream = fixture.Stream, MaxRows = max, Format = RowFormat.Columns };
        if (from is not null)
            request.FromOffset = from.Value;
        if (last is not null)
            request.LastRows = last.Value;
        if (to is not null)
            request.ToOffset = to.Value;
        long[] values = [.. (await _server.ReadAsync(request)).SelectMany(r => r.Columns.Columns[0].Ints.Values)];
        string range = values.Length == 0 ? "" : $"{values[0]}-{values[^1]}";
        Assert.Equal(expected, range);
        Assert.Equal(values.Length == 0 ? 0 : values[^1] - values[0] + 1, values.Length);
    }

    [Fact]
    public async Task Columns_come_in_the_order_asked_for_with_the_system_columns()
    {
        string json = await _server.ReadJsonAsync(
            new ReadRequest { Stream = fixture.Stream, FromOffset = 3, MaxRows = 1, Columns = { "_time", "b", "_offset" } });
        Assert.Matches("^\\{\"_time\":\"20\\d\\d-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z\",\"b\":\"row 3\",\"_offset\":3\\}\n$", json);
        string plain = await _server.ReadJsonAsync(new ReadRequest { Stream = fixture.Stream, MaxRows = 1 });
        Assert.Equal("{\"a\":0,\"b\":null}\n", plain);
    }

    [Fact]
    public async Task An_empty_stream_gives_its_schema_and_no_rows()
    {
        ReadResponse only = Assert.Single(await _server.ReadAsync(new ReadRequest { Stream = fixture.Empty }));
        Assert.Equal((0, 0, 0), (only.FirstOffset, only.RowCount, only.EndOffset));
        Assert.Equal("a: int64", SchemaMessage.Decode(only.Arrow.Span).ToString());
        Assert.Empty(await _server.ReadAsync(new ReadRequest { Stream = fixture.Empty, Format = RowFormat.Json }));
    }

    public static TheoryData<string, ReadRequest, ErrorCode, StatusCode> BadRequests() => new()
    {
        { "unknown stream", new ReadRequest { Stream = "nothing" }, ErrorCode.StreamNotFound, StatusCode.NotFound },
        { "beyond the end", new ReadRequest { FromOffset = 200_001 }, ErrorCode.OffsetOutOfRange, StatusCode.OutOfRange },
        { "beyond the end, following", new ReadRequest { FromOffset = 200_001, Follow = true }, ErrorCode.OffsetOutOfRange, StatusCode.OutOfRange },
        { "negative offset", new ReadRequest { FromOffset = -1 }, ErrorCode.InvalidRequest, StatusCode.InvalidArgument },
        { "negative last_rows", new ReadRequest { LastRows = -1 }, ErrorCode.InvalidRequest, StatusCode.InvalidArgument },
        { "negative max_rows", new ReadRequest { MaxRows = -1 }, ErrorCode.InvalidRequest, StatusCode.InvalidArgument },
        { "backwards", new ReadRequest { FromOffset = 10, ToOffset = 9 }, ErrorCode.InvalidRequest, StatusCode.InvalidArgument },
        { "negative to_offset", new ReadRequest { ToOffset = -1 }, ErrorCode.InvalidRequest, StatusCode.InvalidArgument },
        { "unknown column", new ReadRequest { Columns = { "a", "zzz" } }, ErrorCode.InvalidRequest, StatusCode.InvalidArgument },
        { "column twice", new ReadRequest { Columns = { "a", "a" } }, ErrorCode.InvalidRequest, StatusCode.InvalidArgument },
        { "unknown format", new ReadRequest { Format = (RowFormat)77 }, ErrorCode.InvalidRequest, StatusCode.InvalidArgument },
    };

    [Theory]
    [MemberData(nameof(BadRequests))]
    public async Task A_read_that_cannot_be_is_refused(string what, ReadRequest request, ErrorCode code, StatusCode status)
    {
        if (request.Stream.Length == 0)
            request.Stream = fixture.Stream;
        var e = await Assert.ThrowsAsync<RpcException>(() => _server.ReadAsync(request));
        ErrorDetail detail = RunningServer.DetailOf(e);
        Assert.True((code, status, request.Stream) == (detail.Code, e.Code, detail.Stream), $"{what}: {e.Code} {e.Message}");
    }

    [Fact]
    public async Task Rows_whose_JSON_is_many_times_their_size_still_come_in_small_messages()
    {
        string[] names = [.. Enumerable.Range(0, 40).Select(i => $"a_column_with_a_rather_long_name_number_{i}")];
        StreamDescription stream = await _server.CreateAsync([.. names.Select(n => $"{n} bool")]);
        var builder = new RecordBatchBuilder(new Schema([.. names.Select(n => new Field(n, ArrowTypes.Boolean))]));
        object?[] row = [.. names.Select(_ => (object?)true)];
        for (int i = 0; i < 10_000; i++)
            builder.AppendRow(row);
        await _server.AppendAsync(RunningServer.Arrow(stream.Name, builder.Build()));
        List<ReadResponse> responses = await _server.ReadAsync(new ReadRequest { Stream = stream.Name, Format = RowFormat.Json });
        Assert.Equal(10_000, responses.Sum(r => r.RowCount));
        Assert.True(responses.Count > 8, $"{responses.Count} responses");
        Assert.All(responses, r => Assert.InRange(r.Json.Length, 1, 2 << 20));
    }
}
