using Google.Protobuf;
using Varve.Arrow;
using Varve.Arrow.Builders;
using Varve.Arrow.Ipc;
using Varve.Protocol.V1;
using Varve.Rpc;
using Varve.Rpc.Client;

namespace Varve.Server.Tests.Streams;

public sealed class AppendTests(RunningServer server) : IClassFixture<RunningServer>
{
    private static readonly Schema Numbers = new([new Field("a", ArrowTypes.Int64)]);

    [Fact]
    public async Task Each_request_is_acknowledged_in_order_with_its_offsets()
    {
        StreamDescription stream = await server.CreateAsync("a int64");
        using DuplexCall<AppendRequest, AppendResponse> call = server.OpenAppend();
        const int Requests = 500;
        for (int i = 0; i < Requests; i++)
        {
            AppendRequest request = RunningServer.Json(i == 0 ? stream.Name : "", string.Concat(Enumerable.Repeat($"{{\"a\":{i}}}\n", (i % 3) + 1)));
            request.RequestId = (ulong)i * 7;
            call.RequestStream.Write(request);
        }

        await call.RequestStream.CompleteAsync();
        long offset = 0;
        long position = 0;
        for (int i = 0; i < Requests; i++)
        {
            AppendResponse response = (await call.ResponseStream.ReadAsync())!;
            Assert.Equal(((ulong)i * 7, stream.Name, offset, (i % 3) + 1, Durability.LocalDisk),
                (response.RequestId, response.Stream, response.FirstOffset, (int)response.RowCount, response.Durability));
            Assert.True(response.Position >= position, "positions do not fall");
            position = response.Position;
            offset += response.RowCount;
        }

        Assert.Null(await call.ResponseStream.ReadAsync());
        Assert.Equal(offset, server.Server.Engine.Describe(stream.Name).EndOffset);
    }

    [Fact]
    public async Task An_acknowledged_row_is_visible_at_once()
    {
        StreamDescription stream = await server.CreateAsync("a int64");
        using DuplexCall<AppendRequest, AppendResponse> call = server.OpenAppend();
        for (int i = 0; i < 20; i++)
        {
            await call.RequestStream.WriteAsync(RunningServer.Json(stream.Name, $"{{\"a\":{i}}}"));
            AppendResponse response = (await call.ResponseStream.ReadAsync())!;
            Assert.Equal($"{{\"a\":{i}}}\n", await server.ReadJsonAsync(new ReadRequest { Stream = stream.Name, FromOffset = response.FirstOffset }));
        }
    }

    [Fact]
    public async Task Headers_come_before_the_first_request()
    {
        using DuplexCall<AppendRequest, AppendResponse> call = server.OpenAppend();
        await call.ResponseHeadersAsync();
    }

    [Fact]
    public async Task Several_record_batches_of_one_request_are_one_batch_of_rows()
    {
        StreamDescription stream = await server.CreateAsync("a int64");
        AppendResponse response = await server.AppendAsync(RunningServer.Arrow(stream.Name, Batch(1, 2), Batch(3), Batch()));
        Assert.Equal((0, 3), (response.FirstOffset, response.RowCount));
        Assert.Equal("{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n", await server.ReadJsonAsync(new ReadRequest { Stream = stream.Name }));
    }

    [Fact]
    public async Task Later_requests_may_leave_the_schema_out_for_each_stream()
    {
        StreamDescription one = await server.CreateAsync("a int64");
        StreamDescription two = await server.CreateAsync("a int64");
        using DuplexCall<AppendRequest, AppendResponse> call = server.OpenAppend();
        call.RequestStream.Write(RunningServer.Arrow(one.Name, Batch(1)));
        call.RequestStream.Write(RunningServer.Arrow(two.Name, Batch(10)));
        call.RequestStream.Write(WithoutSchema(one.Name, Batch(2)));
        call.RequestStream.Write(WithoutSchema(two.Name, Batch(20)));
        call.RequestStream.Write(WithoutSchema("", Batch(21)));
        await call.RequestStream.CompleteAsync();
        int answers = 0;
        await foreach (AppendResponse _ in call.ResponseStream.ReadAllAsync())
            answers++;
        Assert.Equal(5, answers);
        Assert.Equal("{\"a\":1}\n{\"a\":2}\n", await server.ReadJsonAsync(new ReadRequest { Stream = one.Name }));
        Assert.Equal("{\"a\":10}\n{\"a\":20}\n{\"a\":21}\n", await server.ReadJsonAsync(new ReadRequest { Stream = two.Name }));
    }

    [Fact]
    public async Task Dictionaries_come_in_and_change_within_a_request()
    {
        StreamDescription stream = await server.CreateAsync("s utf8");
        var schema = new Schema([new Field("s", new DictionaryType(ArrowTypes.Int32, ArrowTypes.Utf8, false))]);
        RecordBatch Coded(params string?[] values)
        {
            var builder = new RecordBatchBuilder(schema);
            foreach (string? value in values)
                builder.AppendRow(value);
            return builder.Build();
        }

        await server.AppendAsync(RunningServer.Arrow(stream.Name, Coded("x", "y", null, "x"), Coded("z", "y")));
        Assert.Equal("x y - x z y", await StringsAsync(stream.Name));
    }

    [Fact]
    public async Task Nothing_is_taken_after_the_request_that_fails()
    {
        StreamDescription stream = await server.CreateAsync("a int64");
        using DuplexCall<AppendRequest, AppendResponse> call = server.OpenAppend();
        call.RequestStream.Write(RunningServer.Json(stream.Name, """{"a":1}"""));
        call.RequestStream.Write(RunningServer.Json(stream.Name, """{"a":2}"""));
        call.RequestStream.Write(RunningServer.Json(stream.Name, """{"a":"three"}"""));
        call.RequestStream.Write(RunningServer.Json(stream.Name, """{"a":4}"""));
        await call.RequestStream.FlushAsync();
        Assert.Equal(0, (await call.ResponseStream.ReadAsync())!.FirstOffset);
        Assert.Equal(1, (await call.ResponseStream.ReadAsync())!.FirstOffset);
        RpcException e = await Assert.ThrowsAsync<RpcException>(async () => await call.ResponseStream.ReadAsync());
        Assert.Equal(new ErrorDetail { Code = ErrorCode.InvalidData, Stream = stream.Name, RequestIndex = 2 }, RunningServer.DetailOf(e));
        Assert.Equal("{\"a\":1}\n{\"a\":2}\n", await server.ReadJsonAsync(new ReadRequest { Stream = stream.Name }));
    }

    [Fact]
    public async Task Typed_columns_may_come_in_any_order_and_leave_nullable_ones_out()
    {
        StreamDescription stream = await server.CreateAsync("a int64", "b utf8", "c bool");
        await server.AppendAsync(new AppendRequest
        {
            Stream = stream.Name,
            Columns = new ColumnBatch
            {
                RowCount = 2,
                Columns =
                {
                    new ColumnValues { Name = "c", Bools = new BoolValues { Values = { true, false } } },
                    new ColumnValues { Name = "a", Ints = new Int64Values { Values = { 7, 0 } }, NullRows = { 1 } },
                },
            },
        });
        Assert.Equal(
            "{\"a\":7,\"b\":null,\"c\":true}\n{\"a\":null,\"b\":null,\"c\":false}\n",
            await server.ReadJsonAsync(new ReadRequest { Stream = stream.Name }));
    }

    [Fact]
    public async Task A_request_without_rows_is_acknowledged_and_leaves_no_trace()
    {
        StreamDescription stream = await server.CreateAsync("a int64");
        await server.AppendJsonAsync(stream.Name, """{"a":1}""");
        foreach (AppendRequest request in (AppendRequest[])[
            RunningServer.Json(stream.Name, ""),
            RunningServer.Arrow(stream.Name, Batch()),
            new AppendRequest { Stream = stream.Name, Arrow = ByteString.CopyFrom(SchemaMessage.EncodeEncapsulated(Numbers)) },
            new AppendRequest { Stream = stream.Name, Columns = new ColumnBatch() }])
        {
            AppendResponse response = await server.AppendAsync(request);
            Assert.Equal((1, 0), (response.FirstOffset, response.RowCount));
        }

        Assert.Equal(1, server.Server.Engine.Describe(stream.Name).EndOffset);
    }

    [Fact]
    public async Task A_client_that_goes_leaves_whole_batches()
    {
        StreamDescription stream = await server.CreateAsync("a int64");
        using (GrpcChannel channel = server.OpenChannel())
        {
            using var call = channel.Duplex<AppendRequest, AppendResponse>(RunningServer.Method("Append"));
            for (int i = 0; i < 50; i++)
                await call.RequestStream.WriteAsync(RunningServer.Json(stream.Name, "{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n"));
        }

        await server.AppendJsonAsync(stream.Name, "{\"a\":4}");
        Assert.Equal(1, server.Server.Engine.Describe(stream.Name).EndOffset % 3);
    }

    [Fact]
    public async Task A_deadline_ends_the_call()
    {
        StreamDescription stream = await server.CreateAsync("a int64");
        using var call = server.Channel.Duplex<AppendRequest, AppendResponse>(
            RunningServer.Method("Append"), new CallOptions { Timeout = TimeSpan.FromMilliseconds(300) });
        await call.RequestStream.WriteAsync(RunningServer.Json(stream.Name, """{"a":1}"""));
        Assert.NotNull(await call.ResponseStream.ReadAsync());
        RpcException e = await Assert.ThrowsAsync<RpcException>(async () => await call.ResponseStream.ReadAsync());
        Assert.Equal(StatusCode.DeadlineExceeded, e.Code);
    }

    [Fact]
    public async Task Unanswered_requests_are_bounded()
    {
        await using RunningServer small = await RunningServer.StartAsync(o => o.Append.MaxUnansweredRequests = 2);
        StreamDescription stream = await small.CreateAsync("a int64");
        using DuplexCall<AppendRequest, AppendResponse> call = small.OpenAppend();
        for (int i = 0; i < 200; i++)
            call.RequestStream.Write(RunningServer.Json(stream.Name, $"{{\"a\":{i}}}"));
        await call.RequestStream.CompleteAsync();
        int answers = 0;
        await foreach (AppendResponse response in call.ResponseStream.ReadAllAsync())
            Assert.Equal(answers++, response.FirstOffset);
        Assert.Equal(200, answers);
    }

    [Fact]
    public async Task Many_calls_append_to_one_stream_without_a_gap()
    {
        StreamDescription stream = await server.CreateAsync("a int64");
        long[][] offsets = await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(async () =>
        {
            using DuplexCall<AppendRequest, AppendResponse> call = server.OpenAppend();
            for (int i = 0; i < 50; i++)
                call.RequestStream.Write(RunningServer.Json(stream.Name, $"{{\"a\":{writer}}}"));
            await call.RequestStream.CompleteAsync();
            List<long> mine = [];
            await foreach (AppendResponse response in call.ResponseStream.ReadAllAsync())
                mine.Add(response.FirstOffset);
            Assert.Equal(mine.Order(), mine);
            return mine.ToArray();
        })));
        Assert.Equal(Enumerable.Range(0, 400).Select(i => (long)i), offsets.SelectMany(o => o).Order());
    }

    private static RecordBatch Batch(params long[] values)
    {
        var builder = new RecordBatchBuilder(Numbers);
        foreach (long value in values)
            builder.AppendRow(value);
        return builder.Build();
    }

    private static AppendRequest WithoutSchema(string stream, RecordBatch batch)
    {
        BatchMessage message = BatchEncoder.Encode(batch);
        IEnumerable<byte> bytes = message.EncapsulatedHeader().Concat(message.Body.SelectMany(part => part.ToArray()));
        return new AppendRequest { Stream = stream, Arrow = ByteString.CopyFrom([.. bytes]) };
    }

    private async Task<string> StringsAsync(string stream)
    {
        List<ReadResponse> responses = await server.ReadAsync(new ReadRequest { Stream = stream, Format = RowFormat.Columns });
        IEnumerable<ColumnValues> columns = responses.Select(r => r.Columns.Columns[0]);
        return string.Join(' ', columns.SelectMany(c => c.Strings.Values.Select((v, i) => c.NullRows.Contains((uint)i) ? "-" : v)));
    }
}
