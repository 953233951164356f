using System.Text;
using Google.Protobuf;
using Varve.Arrow;
using Varve.Protocol.V1;
using Varve.Rpc;
using Varve.Rpc.Client;

namespace Varve.Server.Tests.Streams;

/// <summary>Whatever is wrong with a request: a clear status and message, and connection and daemon live on.</summary>
public sealed class AppendErrorTests(AppendErrorTests.Fixture fixture) : IClassFixture<AppendErrorTests.Fixture>
{
    private static readonly Schema Schema = new([new Field("a", ArrowTypes.Int64, false), new Field("b", ArrowTypes.Utf8)]);

    private readonly RunningServer _server = fixture.Running;

    /// <summary>A daemon with a small limit on batches, and one stream: a int64 not null, b utf8.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        public RunningServer Running { get; private set; } = null!;

        public string Stream { get; private set; } = "";

        public async Task InitializeAsync()
        {
            Running = await RunningServer.StartAsync(o => (o.Data.MaxBatchBytes, o.Rpc.MaxMessageBytes) = (100 << 10, 200 << 10));
            Stream = (await Running.CreateAsync("a int64 not null", "b utf8")).Name;
        }

        public async Task DisposeAsync() => await Running.DisposeAsync();
    }

    public static TheoryData<string, ErrorCode, string> Cases() => new()
    {
        { "unknown stream", ErrorCode.StreamNotFound, "nothing" },
        { "no stream", ErrorCode.InvalidRequest, "must name its stream" },
        { "no rows", ErrorCode.InvalidRequest, "has no rows (arrow, columns or json)" },
        { "json wrong type", ErrorCode.InvalidData, "'a'" },
        { "json unknown column", ErrorCode.InvalidData, "expected a field of a, b, found" },
        { "json null in not null", ErrorCode.InvalidData, "'a'" },
        { "json cut off", ErrorCode.InvalidData, "" },
        { "json not utf8", ErrorCode.InvalidData, "" },
        { "json number too large", ErrorCode.InvalidData, "'a'" },
        { "arrow garbage", ErrorCode.InvalidData, "" },
        { "arrow cut off", ErrorCode.InvalidData, "" },
        { "arrow no schema", ErrorCode.InvalidData, "schema" },
        { "arrow nothing", ErrorCode.InvalidData, "" },
        { "arrow wrong type", ErrorCode.SchemaMismatch, "column 'a': expected int64, found int32" },
        { "arrow unknown column", ErrorCode.SchemaMismatch, "'zzz'" },
        { "arrow missing column", ErrorCode.SchemaMismatch, "'a'" },
        { "arrow null in not null", ErrorCode.SchemaMismatch, "column 'a': expected int64 not null, found 1 null" },
        { "arrow bad utf8", ErrorCode.InvalidData, "'b'" },
        { "arrow schema changes", ErrorCode.InvalidData, "" },
        { "columns unknown", ErrorCode.SchemaMismatch, "'zzz'" },
        { "columns wrong form", ErrorCode.SchemaMismatch, "column 'a': expected int64, found strings" },
        { "columns twice", ErrorCode.InvalidData, "'a' is given twice" },
        { "columns too few values", ErrorCode.InvalidData, "has 1 values and the batch 2 rows" },
        { "columns null beyond", ErrorCode.InvalidData, "null row 5" },
        { "columns claim rows", ErrorCode.InvalidData, "4294967295 rows and no column" },
        { "columns null claim", ErrorCode.InvalidData, "has 0 values" },
        { "batch too large", ErrorCode.BatchTooLarge, "at most 102400" },
        { "message too large", ErrorCode.BatchTooLarge, "204800" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_bad_request_gets_its_error_and_the_connection_lives_on(string what, ErrorCode code, string problem)
    {
        long before = _server.Server.Engine.Describe(fixture.Stream).EndOffset;
        using (DuplexCall<AppendRequest, AppendResponse> call = _server.OpenAppend())
        {
            bool isFirst = what == "no stream";
            if (!isFirst)
                call.RequestStream.Write(RunningServer.Json(fixture.Stream, """{"a":1}"""));
            await call.RequestStream.FlushAsync();
            if (!isFirst)
                Assert.Equal(before, (await call.ResponseStream.ReadAsync())!.FirstOffset);
            Task write = call.RequestStream.WriteAsync(Bad(what)).AsTask();
            RpcException e = await Assert.ThrowsAsync<RpcException>(async () => await call.ResponseStream.ReadAsync());

            // A large message may be cut short by the answer.
            await Task.WhenAny(write);
            ErrorDetail detail = RunningServer.DetailOf(e);
            Assert.Equal((code, isFirst ? 0 : 1), (detail.Code, detail.RequestIndex));
            Assert.Equal(code == ErrorCode.StreamNotFound ? StatusCode.NotFound : StatusCode.InvalidArgument, e.Code);
            Assert.Contains(problem, e.Message, StringComparison.Ordinal);
        }

        AppendResponse next = await _server.AppendJsonAsync(fixture.Stream, """{"a":2,"b":"still here"}""");
        Assert.Equal(what == "no stream" ? before : before + 1, next.FirstOffset);
        Assert.True(_server.Server.Engine.IsAccepting);
    }

    [Fact]
    public async Task A_batch_that_the_memory_cannot_hold_is_refused_and_appends_and_reads_go_on()
    {
        await using RunningServer small = await RunningServer.StartAsync(
            o => (o.Data.TailMemoryLimitBytes, o.Data.MaxBatchBytes) = (1 << 20, 1 << 20));
        StreamDescription stream = await small.CreateAsync("b utf8");
        await small.AppendJsonAsync(stream.Name, Row(1_000));
        RpcException refused = await Assert.ThrowsAsync<RpcException>(() => small.AppendJsonAsync(stream.Name, Row(900_000)));
        Assert.Equal((StatusCode.ResourceExhausted, ErrorCode.MemoryLimit), (refused.Code, RunningServer.DetailOf(refused).Code));

        // Far more than the memory holds at once: each append waits until rows before it are in segments.
        for (int i = 0; i < 20; i++)
            await small.AppendJsonAsync(stream.Name, Row(200_000));
        List<ReadResponse> read = await small.ReadAsync(new ReadRequest { Stream = stream.Name });
        Assert.Equal(21, read.Sum(r => r.RowCount));
        Assert.Equal("ready\n", await small.HttpGetAsync("/health/ready"));

        static string Row(int length) => $"{{\"b\":\"{new string('x', length)}\"}}";
    }

    private AppendRequest Bad(string what)
    {
        string stream = fixture.Stream;
        return what switch
        {
            "unknown stream" => RunningServer.Json("nothing", "{}"),
            "no stream" => RunningServer.Json("", "{}"),
            "no rows" => new AppendRequest { Stream = stream },
            "json wrong type" => RunningServer.Json(stream, """{"a":"one"}"""),
            "json unknown column" => RunningServer.Json(stream, """{"a":1,"zzz":1}"""),
            "json null in not null" => RunningServer.Json(stream, """{"b":"x"}"""),
            "json cut off" => RunningServer.Json(stream, """[{"a":1},{"a":"""),
            "json not utf8" => new AppendRequest { Stream = stream, Json = ByteString.CopyFrom([.. "{\"a\":1,\"b\":\""u8, 0xC3, 0x28, .. "\"}"u8]) },
            "json number too large" => RunningServer.Json(stream, """{"a":9223372036854775808}"""),
            "arrow garbage" => new AppendRequest { Stream = stream, Arrow = ByteString.CopyFromUtf8("this is no Arrow stream at all") },
            "arrow cut off" => CutOff(RunningServer.Arrow(stream, Good())),
            "arrow no schema" => NoSchema(RunningServer.Arrow(stream, Good())),
            "arrow nothing" => new AppendRequest { Stream = stream, Arrow = ByteString.Empty },
            "arrow wrong type" => RunningServer.Arrow(stream, Batch("a", ArrowTypes.Int32, """{"a":1}""")),
            "arrow unknown column" => RunningServer.Arrow(stream, Batch("zzz", ArrowTypes.Int64, """{"zzz":1}""")),
            "arrow missing column" => RunningServer.Arrow(stream, Batch("b", ArrowTypes.Utf8, """{"b":"x"}""")),
            "arrow null in not null" => RunningServer.Arrow(stream, Batch("a", ArrowTypes.Int64, """{"a":1}{"a":null}""")),
            "arrow bad utf8" => Damage(RunningServer.Arrow(stream, Good())),
            "arrow schema changes" => new AppendRequest
            {
                Stream = stream,
                Arrow = ByteString.CopyFrom([
                    .. WithoutEnd(RunningServer.Arrow(stream, Good())),
                    .. RunningServer.Arrow(stream, Batch("a", ArrowTypes.Int64, """{"a":1}""")).Arrow]),
            },
            "columns unknown" => Columns(1, new ColumnValues { Name = "zzz", Ints = Ints(1) }),
            "columns wrong form" => Columns(1, new ColumnValues { Name = "a", Strings = new StringValues { Values = { "1" } } }),
            "columns twice" => Columns(1, new ColumnValues { Name = "a", Ints = Ints(1) }, new ColumnValues { Name = "a", Ints = Ints(1) }),
            "columns too few values" => Columns(2, new ColumnValues { Name = "a", Ints = Ints(1) }),
            "columns null beyond" => Columns(1, new ColumnValues { Name = "a", Ints = Ints(1), NullRows = { 5 } }),
            "columns claim rows" => Columns(uint.MaxValue),
            "columns null claim" => Columns(uint.MaxValue, new ColumnValues { Name = "b", NullRows = { 0 } }),
            "batch too large" => RunningServer.Json(stream, $"{{\"a\":1,\"b\":\"{new string('x', 150_000)}\"}}"),
            "message too large" => RunningServer.Json(stream, $"{{\"a\":1,\"b\":\"{new string('x', 300_000)}\"}}"),
            _ => throw new ArgumentException(what),
        };
    }

    private AppendRequest Columns(uint rowCount, params ColumnValues[] columns) =>
        new() { Stream = fixture.Stream, Columns = new ColumnBatch { RowCount = rowCount, Columns = { columns } } };

    private static Int64Values Ints(params long[] values) => new() { Values = { values } };

    private static RecordBatch Good() => RunningServer.Rows(Schema, """{"a":1,"b":"marked"}""");

    private static RecordBatch Batch(string name, ArrowType type, string json) => RunningServer.Rows(new Schema([new Field(name, type)]), json);

    private static AppendRequest CutOff(AppendRequest request)
    {
        request.Arrow = ByteString.CopyFrom(request.Arrow.Span[..^40]);
        return request;
    }

    private static AppendRequest NoSchema(AppendRequest request)
    {
        ReadOnlySpan<byte> bytes = request.Arrow.Span;
        request.Arrow = ByteString.CopyFrom(bytes[(8 + BitConverter.ToInt32(bytes[4..8]))..]);
        return request;
    }

    private static byte[] WithoutEnd(AppendRequest request) => request.Arrow.Span[..^8].ToArray();

    private static AppendRequest Damage(AppendRequest request)
    {
        byte[] bytes = request.Arrow.ToByteArray();
        int at = Encoding.Latin1.GetString(bytes).IndexOf("marked", StringComparison.Ordinal);
        bytes[at] = 0xFF;
        request.Arrow = ByteString.CopyFrom(bytes);
        return request;
    }
}
