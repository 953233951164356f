using Google.Protobuf;
using Varve.Arrow;
using Varve.Arrow.Builders;
using Varve.Arrow.Ipc;
using Varve.Protocol;
using Varve.Protocol.Flight;
using Varve.Protocol.FlightSql;
using Varve.Protocol.V1;
using Varve.Rpc;
using Varve.Rpc.Client;
using Varve.Rpc.Framing;
using Result = Varve.Protocol.Flight.Result;

namespace Varve.Server.Tests.Flight;

public class StatementTests(RunningServer server) : IClassFixture<RunningServer>, IAsyncLifetime
{
    /// <summary>Runs until it is stopped.</summary>
    private const string Endless = "select count(*) as c from range(10000000) a, range(10000000) b where (a.range * b.range) % 7 = 3";

    private static readonly Schema Columns = new([new Field("id", ArrowTypes.Int64, isNullable: false), new Field("name", ArrowTypes.Utf8)]);

    private readonly FlightCalls _flight = new(server.Channel);

    public async Task InitializeAsync()
    {
        if (server.Server.Engine.TryDescribe("people", out _))
            return;
        var people = new RecordBatchBuilder(Columns);
        await _flight.AppendAsync("people", Columns, people.AppendRow(1L, "Ada").AppendRow(2L, "Bo").AppendRow(3L, null).Build());
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_statement_is_planned_and_then_run()
    {
        FlightInfo info = await _flight.InfoAsync(new CommandStatementQuery { Query = "select id + 1 as next, name from people order by id" });

        Assert.Equal((-1L, -1L, false), (info.TotalRecords, info.TotalBytes, info.Ordered));
        Assert.Empty(info.Endpoint[0].Location);
        Assert.Equal(["next: int64", "name: utf8"], SchemaMessage.Decode(info.Schema.Span).Fields.Select(f => $"{f.Name}: {f.Type.Name}"));
        for (int use = 0; use < 2; use++)
        {
            FlightResult rows = await _flight.GetAsync(info.Endpoint[0].Ticket);
            Assert.Equal("""{"next":2,"name":"Ada"}{"next":3,"name":"Bo"}{"next":4,"name":null}""", rows.Json.ReplaceLineEndings(""));
        }
    }

    [Fact]
    public async Task A_query_sees_every_row_that_was_acknowledged()
    {
        for (long i = 0; i < 20; i++)
        {
            await _flight.AppendAsync("fresh", Columns, new RecordBatchBuilder(Columns).AppendRow(i, "x").Build());
            Assert.Equal($$"""{"n":{{i + 1}}}""", (await _flight.QueryAsync("select count(*) as n from fresh")).Json.Trim());
        }
    }

    [Theory]
    [InlineData("selec 1", ErrorCode.SqlInvalid, "LINE 1")]
    [InlineData("select nothing from people", ErrorCode.SqlInvalid, "nothing")]
    [InlineData("select * from nowhere", ErrorCode.SqlNotFound, "nowhere")]
    [InlineData("delete from people", ErrorCode.SqlRefused, "DELETE")]
    [InlineData("select * from read_csv('/etc/passwd')", ErrorCode.SqlRefused, "read_csv")]
    [InlineData("select id from people where id = $1", ErrorCode.SqlInvalid, "$1")]
    [InlineData("", ErrorCode.SqlInvalid, "")]
    public async Task A_statement_that_cannot_run_is_refused_before_it_does(string sql, ErrorCode code, string said)
    {
        RpcException e = await Assert.ThrowsAsync<RpcException>(() => _flight.InfoAsync(new CommandStatementQuery { Query = sql }));

        Assert.Equal(code, RunningServer.DetailOf(e).Code);
        Assert.Contains(said, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failure_on_the_way_ends_the_answer_with_its_error_and_the_next_query_works()
    {
        RpcException e = await Assert.ThrowsAsync<RpcException>(() => _flight.QueryAsync("select cast(name as integer) from people"));

        Assert.Equal((StatusCode.InvalidArgument, ErrorCode.SqlData), (e.Code, RunningServer.DetailOf(e).Code));
        Assert.Equal(3, (await _flight.QueryAsync("from people")).RowCount);
    }

    [Fact]
    public async Task Sql_may_come_bare_or_in_json()
    {
        var bare = new FlightDescriptor
        {
            Type = FlightDescriptor.Types.DescriptorType.Cmd,
            Cmd = ByteString.CopyFromUtf8("\nselect name from people where id = 2"),
        };
        FlightInfo info = await _flight.InfoAsync(bare);
        Assert.Equal("""{"name":"Bo"}""", (await _flight.GetAsync(info.Endpoint[0].Ticket)).Json.Trim());

        string[] tickets =
        [
            "select name from people where id = 2",
            """{"database":"x","sql_query":"select name from people where id = 2","query_type":"sql","params":{}}""",
        ];
        foreach (string ticket in tickets)
            Assert.Equal("""{"name":"Bo"}""", (await _flight.GetAsync(FlightCalls.BareTicket(ByteString.CopyFromUtf8(ticket)))).Json.Trim());
    }

    [Fact]
    public async Task Transactions_are_refused_by_name()
    {
        var command = new CommandStatementQuery { Query = "select 1", TransactionId = ByteString.CopyFromUtf8("t") };
        Assert.Equal(StatusCode.Unimplemented, (await Assert.ThrowsAsync<RpcException>(() => _flight.InfoAsync(command))).Code);
        string[] actions =
        [
            "BeginTransaction", "EndTransaction", "BeginSavepoint", "EndSavepoint", "CreatePreparedSubstraitPlan", "Nonsense",
        ];
        foreach (string action in actions)
        {
            RpcException e = await Assert.ThrowsAsync<RpcException>(() => _flight.ActAsync(action));
            Assert.Equal(StatusCode.Unimplemented, e.Code);
            Assert.Contains(action, e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_prepared_statement_says_what_it_takes_and_gives()
    {
        ActionCreatePreparedStatementResult prepared = await _flight.PrepareAsync("select name from people where id = $id and id > $low");
        ActionCreatePreparedStatementResult plain = await _flight.PrepareAsync("select 1 as one");

        Assert.Equal(["name: utf8"], Shown(prepared.DatasetSchema));
        Assert.Equal(["$id: int64", "$low: int64"], Shown(prepared.ParameterSchema).Order());
        Assert.Equal(["one: int32"], Shown(plain.DatasetSchema));
        Assert.True(plain.ParameterSchema.IsEmpty);
        Assert.Equal("""{"one":1}""", (await _flight.ExecuteAsync(plain.PreparedStatementHandle)).Json.Trim());
    }

    [Fact]
    public async Task Parameters_are_bound_by_name_or_place_and_each_row_is_an_execution()
    {
        ByteString handle = (await _flight.PrepareAsync("select name from people where id = ?")).PreparedStatementHandle;

        Assert.Equal("""{"name":"Bo"}""", (await _flight.ExecuteAsync(handle, Parameters("any", 2))).Json.Trim());
        FlightResult four = await _flight.ExecuteAsync(handle, Parameters("any", 1, 2, 4, 1));
        Assert.Equal("""{"name":"Ada"}{"name":"Bo"}{"name":"Ada"}""", four.Json.ReplaceLineEndings(""));
        Assert.Equal("""{"name":"Ada"}""", (await _flight.ExecuteAsync(handle, Parameters("$1", 1))).Json.Trim());
        Assert.Equal(0, (await _flight.ExecuteAsync(handle, Parameters("$1", 99))).RowCount);
    }

    [Fact]
    public async Task Binding_answers_with_the_handle_and_refuses_what_does_not_fit()
    {
        ByteString handle = (await _flight.PrepareAsync("select $1::bigint as x")).PreparedStatementHandle;
        FlightDescriptor descriptor = FlightMessages.CommandDescriptor(new CommandPreparedStatementQuery { PreparedStatementHandle = handle });
        RecordBatch one = Parameters("$1", 7);

        PutResult bound = Assert.Single(await _flight.PutAsync(descriptor, one.Schema, one));
        Assert.Equal(handle, DoPutPreparedStatementResult.Parser.ParseFrom(bound.AppMetadata).PreparedStatementHandle);

        RecordBatch two = new RecordBatchBuilder(Columns).AppendRow(1L, "x").Build();
        RpcException e = await Assert.ThrowsAsync<RpcException>(() => _flight.PutAsync(descriptor, two.Schema, two));
        Assert.Equal(ErrorCode.SqlInvalid, RunningServer.DetailOf(e).Code);
        Assert.Contains("1 parameters", e.Message, StringComparison.Ordinal);
        Assert.Equal("""{"x":7}""", (await _flight.ExecuteAsync(handle)).Json.Trim());
    }

    [Fact]
    public async Task Parameters_beyond_their_limit_are_refused()
    {
        ByteString handle = (await _flight.PrepareAsync("select length($1::varchar) as n")).PreparedStatementHandle;
        var schema = new Schema([new Field("$1", ArrowTypes.Utf8)]);
        RecordBatch large = new RecordBatchBuilder(schema).AppendRow(new string('x', 17 << 20)).Build();

        RpcException e = await Assert.ThrowsAsync<RpcException>(() => _flight.ExecuteAsync(handle, large));

        Assert.Equal(ErrorCode.BatchTooLarge, RunningServer.DetailOf(e).Code);
        Assert.Equal("""{"n":3}""", (await _flight.ExecuteAsync(handle, new RecordBatchBuilder(schema).AppendRow("abc").Build())).Json.Trim());
    }

    [Fact]
    public async Task A_result_whose_type_depends_on_the_parameter_is_known_once_it_is_bound()
    {
        ActionCreatePreparedStatementResult prepared = await _flight.PrepareAsync("select $1 as x");
        Assert.True(prepared.DatasetSchema.IsEmpty);
        RpcException unbound = await Assert.ThrowsAsync<RpcException>(() => _flight.ExecuteAsync(prepared.PreparedStatementHandle));
        Assert.Equal(ErrorCode.SqlInvalid, RunningServer.DetailOf(unbound).Code);

        Assert.Equal("""{"x":5}""", (await _flight.ExecuteAsync(prepared.PreparedStatementHandle, Parameters("$1", 5))).Json.Trim());
    }

    [Fact]
    public async Task A_closed_statement_is_not_found_and_closing_it_again_is_no_error()
    {
        ByteString handle = (await _flight.PrepareAsync("select 1")).PreparedStatementHandle;
        ByteString close = AnyMessage.Pack(new ActionClosePreparedStatementRequest { PreparedStatementHandle = handle });

        Assert.Empty(await _flight.ActAsync("ClosePreparedStatement", close));
        Assert.Empty(await _flight.ActAsync("ClosePreparedStatement", close));

        RpcException e = await Assert.ThrowsAsync<RpcException>(() => _flight.ExecuteAsync(handle));
        Assert.Equal((StatusCode.NotFound, ErrorCode.HandleNotFound), (e.Code, RunningServer.DetailOf(e).Code));
    }

    [Fact]
    public async Task A_prepared_statement_sees_columns_that_were_added_since()
    {
        await _flight.AppendAsync("growing", Columns, new RecordBatchBuilder(Columns).AppendRow(1L, "a").Build());
        ByteString handle = (await _flight.PrepareAsync("select * exclude (_offset, _time) from growing")).PreparedStatementHandle;
        await server.Server.Engine.AddColumnsAsync("growing", [new Field("later", ArrowTypes.Boolean)]);

        Assert.Equal("""{"id":1,"name":"a","later":null}""", (await _flight.ExecuteAsync(handle)).Json.Trim());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_running_query_is_cancelled_by_its_flight_info(bool isOld)
    {
        FlightInfo info = await _flight.InfoAsync(new CommandStatementQuery { Query = Endless });
        Assert.False(await CancelAsync(info, isOld));
        using ServerStreamingCall<FlightData> call = _flight.OpenGet(info.Endpoint[0].Ticket);
        Task<FlightResult> reading = FlightResult.ReadAsync(call);
        while (!await CancelAsync(info, isOld))
            Assert.False(reading.IsCompleted, reading.Exception?.ToString());

        RpcException e = await Assert.ThrowsAsync<RpcException>(() => reading);
        Assert.Equal((StatusCode.Cancelled, ErrorCode.SqlCancelled), (e.Code, RunningServer.DetailOf(e).Code));
        Assert.False(await CancelAsync(info, isOld));
    }

    [Fact]
    public async Task A_client_that_goes_away_ends_its_query()
    {
        ServerStreamingCall<FlightData> call = _flight.OpenGet(FlightCalls.BareTicket(ByteString.CopyFromUtf8(Endless)));
        ValueTask<FrameRead<FlightDataMessage>> reading = call.ResponseStream.ReadAsync(FlightDataMessage.Decode);
        await UntilActiveAsync(1);

        call.Dispose();

        await UntilActiveAsync(0);
        await Assert.ThrowsAnyAsync<Exception>(async () => await reading);
    }

    [Theory]
    [InlineData("CreatePreparedStatement")]
    [InlineData("ClosePreparedStatement")]
    [InlineData("CancelQuery")]
    [InlineData("CancelFlightInfo")]
    [InlineData("SetSessionOptions")]
    [InlineData("RenewFlightEndpoint")]
    public async Task An_action_with_a_damaged_body_is_refused(string action)
    {
        RpcException e = await Assert.ThrowsAsync<RpcException>(() => _flight.ActAsync(action, ByteString.CopyFrom(0x0A, 0x7F, 1)));

        Assert.Equal(ErrorCode.InvalidRequest, RunningServer.DetailOf(e).Code);
    }

    private static RecordBatch Parameters(string name, params long[] values)
    {
        var builder = new RecordBatchBuilder(new Schema([new Field(name, ArrowTypes.Int64)]));
        foreach (long value in values)
            builder.AppendRow(value);
        return builder.Build();
    }

    private static IEnumerable<string> Shown(ByteString schema) => SchemaMessage.Decode(schema.Span).Fields.Select(f => $"{f.Name}: {f.Type.Name}");

    private async Task<bool> CancelAsync(FlightInfo info, bool isOld)
    {
        if (!isOld)
        {
            List<Result> results = await _flight.ActAsync("CancelFlightInfo", new CancelFlightInfoRequest { Info = info }.ToByteString());
            return CancelFlightInfoResult.Parser.ParseFrom(Assert.Single(results).Body).Status == CancelStatus.Cancelled;
        }

        List<Result> old = await _flight.ActAsync("CancelQuery", AnyMessage.Pack(new ActionCancelQueryRequest { Info = info.ToByteString() }));
        return Google.Protobuf.WellKnownTypes.Any.Parser.ParseFrom(Assert.Single(old).Body).Unpack<ActionCancelQueryResult>().Result
            == ActionCancelQueryResult.Types.CancelResult.Cancelled;
    }

    private async Task UntilActiveAsync(long count)
    {
        GetStatusResponse? status = null;
        for (long until = Environment.TickCount64 + 30_000; status?.ActiveQueries != count;)
        {
            Assert.True(Environment.TickCount64 < until, $"{status?.ActiveQueries} queries are active, expected {count}");
            status = await server.Channel.CallUnaryAsync<GetStatusRequest, GetStatusResponse>(
                AdminReflection.Descriptor.Services[0].FindMethodByName("GetStatus"), new GetStatusRequest());
        }
    }
}
