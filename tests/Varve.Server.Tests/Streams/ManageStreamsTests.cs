using Google.Protobuf;
using Varve.Arrow;
using Varve.Arrow.Ipc;
using Varve.Protocol.V1;
using Varve.Rpc;
using Duration = Google.Protobuf.WellKnownTypes.Duration;

namespace Varve.Server.Tests.Streams;

public sealed class ManageStreamsTests(RunningServer server) : IClassFixture<RunningServer>
{
    [Fact]
    public async Task A_stream_is_described_as_it_was_created()
    {
        StreamDescription created = await server.CreateAsync(
            "a int64 not null", "b timestamp[us, UTC]", "c list<struct<x: decimal128(18, 2), y: utf8>>");
        StreamDescription found = (await DescribeAsync(created.Name)).Stream;
        Assert.Equal(created, found);
        Assert.Equal(["a int64 True", "b timestamp[us, UTC] False", "c list<struct<x: decimal128(18, 2), y: utf8>> False"],
            found.Schema.Columns_.Select(c => $"{c.Name} {c.Type} {c.NotNull}"));
        Assert.Equal("BIGINT", found.Schema.Columns_[0].SqlType);
        Schema arrow = SchemaMessage.Decode(found.ArrowSchema.Span);
        Assert.False(arrow.Fields[0].IsNullable);
        Assert.Equal(ArrowTypes.TimestampMicrosUtc, arrow.Fields[1].Type);
        Assert.Equal((0, 0, 0, 1), (found.FirstOffset, found.EndOffset, found.RowCount, found.SchemaVersion));
        Assert.NotEqual("", found.Id);
        Assert.True(found.Position > 0);
        Assert.True(found.CreatedAt.Seconds > 1_600_000_000);
    }

    [Fact]
    public async Task An_Arrow_schema_makes_a_stream_with_its_metadata_and_plain_columns()
    {
        var schema = new Schema([
            new Field("plain", ArrowTypes.Int32, false, new Dictionary<string, string> { ["unit"] = "ms" }),
            new Field("coded", new DictionaryType(ArrowTypes.Int32, ArrowTypes.Utf8, false)),
        ]);
        var request = new CreateStreamRequest { Name = "arrow-made", ArrowSchema = ByteString.CopyFrom(SchemaMessage.EncodeEncapsulated(schema)) };
        StreamDescription made = (await CreateAsync(request)).Stream;
        Assert.Equal(["int32", "utf8"], made.Schema.Columns_.Select(c => c.Type));
        Assert.Equal("ms", made.Schema.Columns_[0].Metadata["unit"]);
    }

    [Fact]
    public async Task If_not_exists_accepts_the_same_schema_only()
    {
        StreamDescription there = await server.CreateAsync("a int64", "b utf8");
        CreateStreamRequest Request(bool ifNotExists, params string[] columns)
        {
            var request = new CreateStreamRequest { Name = there.Name, Columns = new Columns(), IfNotExists = ifNotExists };
            request.Columns.Columns_.AddRange(columns.Select(RunningServer.Column));
            return request;
        }

        CreateStreamResponse again = await CreateAsync(Request(true, "a int64", "b utf8"));
        Assert.False(again.Created);
        Assert.Equal(there.Id, again.Stream.Id);
        await FailsAsync(ErrorCode.StreamAlreadyExists, StatusCode.AlreadyExists, there.Name, () => CreateAsync(Request(false, "a int64", "b utf8")));
        RpcException e = await FailsAsync(
            ErrorCode.StreamAlreadyExists, StatusCode.AlreadyExists, there.Name, () => CreateAsync(Request(true, "a int64", "b int32")));
        Assert.Contains("b: int32", e.Message, StringComparison.Ordinal);
        Assert.Contains("b: utf8", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Columns_are_added_and_read_as_null_in_older_rows()
    {
        StreamDescription stream = await server.CreateAsync("a int64");
        await server.AppendJsonAsync(stream.Name, """{"a":1}""");
        var alter = new AlterStreamRequest { Name = stream.Name, AddColumns = new Columns { Columns_ = { RunningServer.Column("b utf8") } } };
        StreamDescription altered = (await AlterAsync(alter)).Stream;
        Assert.Equal(2, altered.SchemaVersion);
        Assert.Equal(["a", "b"], altered.Schema.Columns_.Select(c => c.Name));
        await server.AppendJsonAsync(stream.Name, """{"a":2,"b":"x"}""");
        Assert.Equal("{\"a\":1,\"b\":null}\n{\"a\":2,\"b\":\"x\"}\n", await server.ReadJsonAsync(new ReadRequest { Stream = stream.Name }));

        alter.AddColumns.Columns_[0] = RunningServer.Column("c utf8 not null");
        RpcException e = await FailsAsync(ErrorCode.InvalidSchema, StatusCode.InvalidArgument, stream.Name, () => AlterAsync(alter));
        Assert.Contains("'c' is not nullable", e.Message, StringComparison.Ordinal);
        await FailsAsync(
            ErrorCode.StreamNotFound, StatusCode.NotFound, "nothing", () => AlterAsync(new AlterStreamRequest(alter) { Name = "nothing" }));
        await FailsAsync(
            ErrorCode.InvalidRequest, StatusCode.InvalidArgument, stream.Name, () => AlterAsync(new AlterStreamRequest { Name = stream.Name }));
    }

    [Fact]
    public async Task Settings_come_with_a_new_stream_and_change_one_by_one()
    {
        var request = new CreateStreamRequest
        {
            Name = "settled",
            Columns = new Columns { Columns_ = { RunningServer.Column("host utf8"), RunningServer.Column("n int64") } },
            Settings = new StreamSettings { ClusterBy = { "host" }, RetainFor = Duration.FromTimeSpan(TimeSpan.FromDays(30)), RetainRows = 1000 },
        };
        Assert.Equal(request.Settings, (await CreateAsync(request)).Stream.Settings);

        SettingsChange change = new() { RetainFor = new Duration(), RetainBytes = 1L << 30 };
        var expected = new StreamSettings { ClusterBy = { "host" }, RetainRows = 1000, RetainBytes = 1L << 30 };
        Assert.Equal(expected, (await AlterAsync(new AlterStreamRequest { Name = "settled", ChangeSettings = change })).Stream.Settings);

        change = new SettingsChange { ClusterBy = new SettingsChange.Types.Columns(), RetainRows = 0, RetainBytes = 0 };
        await AlterAsync(new AlterStreamRequest { Name = "settled", ChangeSettings = change });
        Assert.Equal(new StreamSettings(), (await DescribeAsync("settled")).Stream.Settings);
    }

    [Fact]
    public async Task A_column_that_is_added_may_be_clustered_by_in_the_same_request()
    {
        StreamDescription stream = await server.CreateAsync("a int64");
        var alter = new AlterStreamRequest
        {
            Name = stream.Name,
            AddColumns = new Columns { Columns_ = { RunningServer.Column("b utf8") } },
            ChangeSettings = new SettingsChange { ClusterBy = new SettingsChange.Types.Columns { Names = { "b", "a" } } },
        };
        Assert.Equal(["b", "a"], (await AlterAsync(alter)).Stream.Settings.ClusterBy);
    }

    [Fact]
    public async Task Settings_that_cannot_be_are_refused()
    {
        StreamDescription stream = await server.CreateAsync("a int64");
        foreach (SettingsChange change in (SettingsChange[])[
            new() { ClusterBy = new SettingsChange.Types.Columns { Names = { "nothing" } } },
            new() { RetainRows = -1 },
            new() { RetainBytes = long.MinValue },
            new() { RetainFor = new Duration { Seconds = long.MinValue, Nanos = int.MinValue } }])
        {
            await FailsAsync(ErrorCode.InvalidSettings, StatusCode.InvalidArgument, stream.Name,
                () => AlterAsync(new AlterStreamRequest { Name = stream.Name, ChangeSettings = change }));
        }

        Assert.Equal(new StreamSettings(), (await DescribeAsync(stream.Name)).Stream.Settings);
    }

    [Fact]
    public async Task A_dropped_stream_is_gone_and_its_name_free()
    {
        StreamDescription stream = await server.CreateAsync("a int64");
        Assert.True((await DropAsync(new DropStreamRequest { Name = stream.Name })).Dropped);
        await FailsAsync(ErrorCode.StreamNotFound, StatusCode.NotFound, stream.Name, () => DescribeAsync(stream.Name));
        await FailsAsync(ErrorCode.StreamNotFound, StatusCode.NotFound, stream.Name, () => DropAsync(new DropStreamRequest { Name = stream.Name }));
        Assert.False((await DropAsync(new DropStreamRequest { Name = stream.Name, IfExists = true })).Dropped);
        var again = new CreateStreamRequest { Name = stream.Name, Columns = new Columns { Columns_ = { RunningServer.Column("other bool") } } };
        Assert.NotEqual(stream.Id, (await CreateAsync(again)).Stream.Id);
    }

    [Fact]
    public async Task Streams_are_listed_by_name_and_prefix()
    {
        foreach (string name in (string[])["list/b", "list/a", "list-c"])
            await CreateAsync(new CreateStreamRequest { Name = name, Columns = new Columns { Columns_ = { RunningServer.Column("a int8") } } });
        ListStreamsResponse found = await server.CallAsync<ListStreamsRequest, ListStreamsResponse>(
            "ListStreams", new ListStreamsRequest { Prefix = "list/" });
        Assert.Equal(["list/a", "list/b"], found.Streams.Select(s => s.Name));
    }

    [Theory]
    [InlineData("", ErrorCode.InvalidName)]
    [InlineData("_mine", ErrorCode.InvalidName)]
    [InlineData("a b", ErrorCode.InvalidName)]
    public async Task Names_that_break_the_rules_are_refused(string name, ErrorCode code) => await FailsAsync(code, StatusCode.InvalidArgument, name,
        () => CreateAsync(new CreateStreamRequest { Name = name, Columns = new Columns { Columns_ = { RunningServer.Column("a int64") } } }));

    [Theory]
    [InlineData("a", "int46", ErrorCode.InvalidSchema, "'a'")]
    [InlineData("a", "", ErrorCode.InvalidSchema, "'a'")]
    [InlineData("a", "decimal128(99, 2)", ErrorCode.InvalidSchema, "'a'")]
    [InlineData("_a", "int64", ErrorCode.InvalidName, "'_a'")]
    [InlineData("", "int64", ErrorCode.InvalidName, "no name")]
    public async Task Columns_that_cannot_be_are_refused_by_name(string column, string type, ErrorCode code, string problem)
    {
        var columns = new Columns { Columns_ = { new Column { Name = column, Type = type } } };
        var request = new CreateStreamRequest { Name = "bad-columns", Columns = columns };
        RpcException e = await FailsAsync(code, StatusCode.InvalidArgument, "bad-columns", () => CreateAsync(request));
        Assert.Contains(problem, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_without_a_schema_is_refused()
    {
        await FailsAsync(ErrorCode.InvalidRequest, StatusCode.InvalidArgument, "x", () => CreateAsync(new CreateStreamRequest { Name = "x" }));
        await FailsAsync(
            ErrorCode.InvalidSchema, StatusCode.InvalidArgument, "x",
            () => CreateAsync(new CreateStreamRequest { Name = "x", Columns = new Columns() }));
        await FailsAsync(ErrorCode.InvalidSchema, StatusCode.InvalidArgument, "x",
            () => CreateAsync(new CreateStreamRequest { Name = "x", ArrowSchema = ByteString.CopyFromUtf8("not an Arrow schema") }));
    }

    private static async Task<RpcException> FailsAsync(ErrorCode code, StatusCode status, string stream, Func<Task> call)
    {
        RpcException e = await Assert.ThrowsAsync<RpcException>(call);
        Assert.Equal((code, status, stream), (RunningServer.DetailOf(e).Code, e.Code, RunningServer.DetailOf(e).Stream));
        return e;
    }

    private Task<CreateStreamResponse> CreateAsync(CreateStreamRequest request) =>
        server.CallAsync<CreateStreamRequest, CreateStreamResponse>("CreateStream", request);

    private Task<AlterStreamResponse> AlterAsync(AlterStreamRequest request) =>
        server.CallAsync<AlterStreamRequest, AlterStreamResponse>("AlterStream", request);

    private Task<DropStreamResponse> DropAsync(DropStreamRequest request) =>
        server.CallAsync<DropStreamRequest, DropStreamResponse>("DropStream", request);

    private Task<DescribeStreamResponse> DescribeAsync(string name) =>
        server.CallAsync<DescribeStreamRequest, DescribeStreamResponse>("DescribeStream", new DescribeStreamRequest { Name = name });
}
