using Google.Protobuf;
using Varve.Arrow;
using Varve.Arrow.Builders;
using Varve.Arrow.Ipc;
using Varve.Protocol.Flight;
using Varve.Protocol.V1;
using Varve.Rpc;
using Varve.Rpc.Client;
using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Server.Tests.Flight;

public class PutTests(RunningServer server, ITestOutputHelper output) : IClassFixture<RunningServer>
{
    private static readonly Schema Columns = new([new Field("n", ArrowTypes.Int64, isNullable: false), new Field("text", ArrowTypes.Utf8)]);

    private readonly FlightCalls _flight = new(server.Channel);

    [Fact]
    public async Task Each_batch_is_acknowledged_in_order_with_offsets_position_and_durability()
    {
        List<AppendResponse> acks = await _flight.AppendAsync("acked", Columns, Rows(0, 3), Rows(3, 1), Rows(4, 0), Rows(4, 5));

        Assert.Equal([3L, 1, 0, 5], acks.Select(a => a.RowCount));
        Assert.Equal([0UL, 1, 2, 3], acks.Select(a => a.RequestId));
        Assert.All(acks, ack => Assert.Equal((Durability.LocalDisk, "acked"), (ack.Durability, ack.Stream)));
        acks.RemoveAt(2);
        Assert.Equal([0L, 3, 4], acks.Select(a => a.FirstOffset));
        Assert.Equal(acks.Select(a => a.Position).Order(), acks.Select(a => a.Position));
    }

    [Fact]
    public async Task A_client_may_wait_for_each_answer_before_it_sends_on()
    {
        using DuplexCall<FlightData, PutResult> call = _flight.OpenPut();
        await FlightCalls.WriteSchemaAsync(call, FlightMessages.StreamDescriptor("steps"), Columns);
        for (int i = 0; i < 3; i++)
        {
            await FlightCalls.WriteAsync(call, Rows(i, 1));
            Assert.Equal(i, FlightCalls.Ack((await call.ResponseStream.ReadAsync())!).FirstOffset);
        }

        await call.RequestStream.CompleteAsync();
        Assert.Null(await call.ResponseStream.ReadAsync());
    }

    [Fact]
    public async Task An_unknown_stream_is_made_from_the_schema_also_where_no_rows_follow()
    {
        Assert.Empty(await _flight.AppendAsync("made", Columns));

        Assert.Equal(Columns, server.Server.Engine.Describe("made").Schema);
    }

    [Fact]
    public async Task An_unknown_stream_is_refused_where_puts_may_not_make_one()
    {
        await using RunningServer strict = await RunningServer.StartAsync(options => options.Flight.CreateStreamOnPut = false);

        RpcException e = await Assert.ThrowsAsync<RpcException>(() => new FlightCalls(strict.Channel).AppendAsync("new", Columns, Rows(0, 1)));

        ErrorDetail detail = RunningServer.DetailOf(e);
        Assert.Equal((StatusCode.NotFound, ErrorCode.StreamNotFound, "new"), (e.Code, detail.Code, detail.Stream));
        Assert.Empty(strict.Server.Engine.List());
    }

    [Fact]
    public async Task Path_elements_are_joined_by_slashes()
    {
        var descriptor = new FlightDescriptor { Type = FlightDescriptor.Types.DescriptorType.Path, Path = { "site", "north", "power" } };

        await _flight.PutAsync(descriptor, Columns, Rows(0, 2));

        Assert.Equal(2, (await _flight.InfoAsync(FlightMessages.StreamDescriptor("site/north/power"))).TotalRecords);
    }

    [Fact]
    public async Task A_batch_that_does_not_fit_ends_the_call_behind_the_answers_to_those_before_it()
    {
        await _flight.AppendAsync("strict", Columns);
        var other = new Schema([new Field("n", ArrowTypes.Utf8), new Field("text", ArrowTypes.Utf8)]);
        using DuplexCall<FlightData, PutResult> call = _flight.OpenPut();
        await FlightCalls.WriteSchemaAsync(call, FlightMessages.StreamDescriptor("strict"), other);
        await TryAsync(() => FlightCalls.WriteAsync(call, new RecordBatchBuilder(other).AppendRow("a", "b").Build()));

        RpcException e = await Assert.ThrowsAsync<RpcException>(() => FlightCalls.ReadAllAsync(call));

        Assert.Equal((StatusCode.InvalidArgument, ErrorCode.SchemaMismatch), (e.Code, RunningServer.DetailOf(e).Code));
        Assert.Equal((0L, "strict"), (RunningServer.DetailOf(e).RequestIndex, RunningServer.DetailOf(e).Stream));
        Assert.Contains("column 'n': expected int64, found utf8", e.Message, StringComparison.Ordinal);
        Assert.Equal(0, server.Server.Engine.Describe("strict").RowCount);
        Assert.Single(await _flight.AppendAsync("strict", Columns, Rows(0, 1)));
    }

    [Fact]
    public async Task What_comes_before_a_damaged_batch_is_kept_and_nothing_after_it_is()
    {
        using DuplexCall<FlightData, PutResult> call = _flight.OpenPut();
        await FlightCalls.WriteSchemaAsync(call, FlightMessages.StreamDescriptor("damaged"), Columns);
        await FlightCalls.WriteAsync(call, Rows(0, 2));
        await call.RequestStream.WriteAsync(Data([1, 2, 3, 4, 5, 6, 7, 8], new byte[16]));
        await TryAsync(() => FlightCalls.WriteAsync(call, Rows(2, 2)));

        List<AppendResponse> acks = [];
        RpcException e = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            await foreach (PutResult result in call.ResponseStream.ReadAllAsync())
                acks.Add(FlightCalls.Ack(result));
        });

        Assert.Equal((StatusCode.InvalidArgument, ErrorCode.InvalidData), (e.Code, RunningServer.DetailOf(e).Code));
        Assert.Equal(1, RunningServer.DetailOf(e).RequestIndex);
        Assert.Equal(2, Assert.Single(acks).RowCount);
        Assert.Equal(2, server.Server.Engine.Describe("damaged").RowCount);
    }

    [Fact]
    public async Task Text_that_is_no_utf8_is_refused_with_its_column()
    {
        var schema = new Schema([new Field("text", ArrowTypes.Utf8)]);
        var bad = new ArrayData(ArrowTypes.Utf8, 1, 0, [default, new byte[] { 0, 0, 0, 0, 2, 0, 0, 0 }, new byte[] { 0xC3, 0x28 }]);

        RpcException e = await Assert.ThrowsAsync<RpcException>(() => _flight.AppendAsync("no-utf8", schema, new RecordBatch(schema, 1, [bad])));

        Assert.Equal(ErrorCode.InvalidData, RunningServer.DetailOf(e).Code);
        Assert.Contains("text", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dictionary_columns_arrive_as_plain_ones_also_where_a_dictionary_is_replaced()
    {
        var type = new DictionaryType(ArrowTypes.Int32, ArrowTypes.Utf8, IsOrdered: false);
        var schema = new Schema([new Field("color", type)]);
        RecordBatch first = new RecordBatchBuilder(schema).AppendRow("red").AppendRow((object?)null).AppendRow("green").Build();
        RecordBatch second = new RecordBatchBuilder(schema).AppendRow("blue").AppendRow("red").Build();
        using DuplexCall<FlightData, PutResult> call = _flight.OpenPut();
        await FlightCalls.WriteSchemaAsync(call, FlightMessages.StreamDescriptor("colors"), schema);
        var tracker = new DictionaryTracker(schema);
        foreach (RecordBatch batch in new[] { first, second })
        {
            foreach (BatchMessage dictionary in BatchEncoder.EncodeDictionaries(batch, tracker))
                await FlightCalls.WriteAsync(call, dictionary);
            await FlightCalls.WriteAsync(call, batch);
        }

        await call.RequestStream.CompleteAsync();
        Assert.Equal(2, (await FlightCalls.ReadAllAsync(call)).Count);

        FlightResult rows = await _flight.QueryAsync("select color from colors order by _offset");
        Assert.Equal("""{"color":"red"}{"color":null}{"color":"green"}{"color":"blue"}{"color":"red"}""", rows.Json.ReplaceLineEndings(""));
        Assert.Equal(ArrowTypes.Utf8, server.Server.Engine.Describe("colors").Schema.Fields[0].Type);
    }

    [Theory]
    [InlineData(BodyCompression.Zstd)]
    [InlineData(BodyCompression.Lz4Frame)]
    public async Task Compressed_bodies_are_taken(BodyCompression compression)
    {
        string stream = $"packed-{compression}";
        using DuplexCall<FlightData, PutResult> call = _flight.OpenPut();
        await FlightCalls.WriteSchemaAsync(call, FlightMessages.StreamDescriptor(stream), Columns);
        await FlightCalls.WriteAsync(call, BatchEncoder.Encode(Rows(0, 2000), compression));
        await call.RequestStream.CompleteAsync();

        Assert.Equal(2000, FlightCalls.Ack(Assert.Single(await FlightCalls.ReadAllAsync(call))).RowCount);
        Assert.Equal("1999000", (await _flight.QueryAsync($"select sum(n)::bigint::varchar as s from \"{stream}\"")).Json.Split('"')[3]);
    }

    [Fact]
    public async Task Messages_without_data_may_stand_anywhere()
    {
        using DuplexCall<FlightData, PutResult> call = _flight.OpenPut();
        await call.RequestStream.WriteAsync(new FlightData { FlightDescriptor = FlightMessages.StreamDescriptor("sparse") });
        await call.RequestStream.WriteAsync(new FlightData { AppMetadata = ByteString.CopyFromUtf8("hello") });
        await call.RequestStream.WriteAsync(new FlightData { DataHeader = ByteString.CopyFrom(SchemaMessage.Encode(Columns)) });
        await call.RequestStream.WriteAsync(new FlightData { AppMetadata = ByteString.CopyFromUtf8("hello again") });
        await FlightCalls.WriteAsync(call, Rows(0, 1));
        await call.RequestStream.CompleteAsync();

        Assert.Single(await FlightCalls.ReadAllAsync(call));
    }

    [Fact]
    public async Task A_put_that_does_not_say_where_to_is_refused()
    {
        FlightData[] firsts =
        [
            new() { DataHeader = ByteString.CopyFrom(SchemaMessage.Encode(Columns)) },
            new() { FlightDescriptor = new FlightDescriptor() },
            new() { FlightDescriptor = new() { Type = FlightDescriptor.Types.DescriptorType.Cmd, Cmd = ByteString.CopyFromUtf8("select 1") } },
            new() { FlightDescriptor = FlightMessages.StreamDescriptor("no-schema") },
        ];
        foreach (FlightData first in firsts)
        {
            using DuplexCall<FlightData, PutResult> call = _flight.OpenPut();
            await call.RequestStream.WriteAsync(first);
            await call.RequestStream.CompleteAsync();

            RpcException e = await Assert.ThrowsAsync<RpcException>(() => FlightCalls.ReadAllAsync(call));
            Assert.Equal((StatusCode.InvalidArgument, ErrorCode.InvalidRequest), (e.Code, RunningServer.DetailOf(e).Code));
        }

        using DuplexCall<FlightData, PutResult> empty = _flight.OpenPut();
        await empty.RequestStream.CompleteAsync();
        Assert.Equal(StatusCode.InvalidArgument, (await Assert.ThrowsAsync<RpcException>(() => FlightCalls.ReadAllAsync(empty))).Code);
    }

    [Fact]
    public async Task A_stream_name_that_breaks_the_rules_is_refused()
    {
        RpcException e = await Assert.ThrowsAsync<RpcException>(() => _flight.AppendAsync("../etc", Columns, Rows(0, 1)));

        Assert.Equal((StatusCode.InvalidArgument, ErrorCode.InvalidName), (e.Code, RunningServer.DetailOf(e).Code));
    }

    [Fact]
    public async Task Any_damage_ends_in_an_error_or_in_rows_and_the_daemon_lives_on()
    {
        var random = new Random(TestSeed.Next(output.WriteLine));
        await _flight.AppendAsync("battered", Columns);
        BatchMessage valid = BatchEncoder.Encode(Rows(0, 10));
        byte[] body = [.. valid.Body.SelectMany(part => part.ToArray())];
        byte[] schema = SchemaMessage.Encode(Columns);
        for (int round = 0; round < 300; round++)
        {
            using DuplexCall<FlightData, PutResult> call = _flight.OpenPut();
            byte[] first = round % 3 == 0 ? Damage(schema, random) : schema;
            FlightData opening = Data(first, []);
            opening.FlightDescriptor = FlightMessages.StreamDescriptor("battered");
            await call.RequestStream.WriteAsync(opening);
            byte[] header = round % 3 == 1 ? Damage(valid.Header.ToArray(), random) : valid.Header.ToArray();
            await TryAsync(() => call.RequestStream.WriteAsync(Data(header, round % 3 == 2 ? Damage(body, random) : body)));
            await TryAsync(() => call.RequestStream.CompleteAsync());
            Exception? ended = await Record.ExceptionAsync(() => FlightCalls.ReadAllAsync(call));
            Assert.True(ended is null or RpcException { Code: StatusCode.InvalidArgument or StatusCode.Unimplemented }, $"round {round}: {ended}");
        }

        Assert.Equal(0, (await _flight.AppendAsync("alive", Columns, Rows(0, 1)))[0].FirstOffset);
    }

    private static FlightData Data(byte[] header, byte[] body) =>
        new() { DataHeader = ByteString.CopyFrom(header), DataBody = ByteString.CopyFrom(body) };

    private static byte[] Damage(byte[] bytes, Random random)
    {
        byte[] damaged = [.. bytes.AsSpan(0, random.Next(4) == 0 ? random.Next(bytes.Length) : bytes.Length)];
        for (int i = random.Next(1, 4); i > 0 && damaged.Length > 0; i--)
            damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
        return damaged;
    }

    /// <summary>The call may have ended by now.</summary>
    private static async Task TryAsync(Func<ValueTask> write)
    {
        try
        {
            await write();
        }
        catch (RpcException)
        {
        }
    }

    private static RecordBatch Rows(int first, int count)
    {
        var builder = new RecordBatchBuilder(Columns);
        for (int i = 0; i < count; i++)
            builder.AppendRow((long)(first + i), i % 2 == 0 ? $"text {first + i}" : null);
        return builder.Build();
    }
}
