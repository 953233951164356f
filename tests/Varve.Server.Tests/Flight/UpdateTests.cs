using Google.Protobuf;
using Varve.Arrow;
using Varve.Arrow.Builders;
using Varve.Arrow.Ipc;
using Varve.Protocol.Flight;
using Varve.Protocol.FlightSql;
using Varve.Protocol.V1;
using Varve.Rpc;

namespace Varve.Server.Tests.Flight;

/// <summary>Statements that change something: by CommandStatementUpdate, prepared, and by clients that run everything as a query.</summary>
public class UpdateTests(RunningServer server) : IClassFixture<RunningServer>
{
    private readonly FlightCalls _flight = new(server.Channel);

    [Fact]
    public async Task A_stream_is_created_appended_to_altered_and_dropped()
    {
        Assert.Equal(0, await _flight.UpdateAsync("create table life (id bigint not null, name varchar, price decimal(9, 2), tags varchar[])"));
        Assert.Equal(2, await _flight.UpdateAsync("insert into life values (1, 'Ada', 1.5, ['a', 'b']), (2, null, null, null)"));
        Assert.Equal(1, await _flight.UpdateAsync("insert into varve.main.LIFE (Name, id) values ('Bo', 1 + 2)"));
        Assert.Equal(0, await _flight.UpdateAsync("alter table life add column since timestamp"));
        Assert.Equal(1, await _flight.UpdateAsync("insert into life (id, since) values (4, '2024-02-29 12:00:00')"));

        FlightResult rows = await _flight.QueryAsync("select * exclude (_time) from life order by _offset");
        Assert.Equal(
            """
            {"id":1,"name":"Ada","price":"1.50","tags":["a","b"],"since":null,"_offset":0}
            {"id":2,"name":null,"price":null,"tags":null,"since":null,"_offset":1}
            {"id":3,"name":"Bo","price":null,"tags":null,"since":null,"_offset":2}
            {"id":4,"name":null,"price":null,"tags":null,"since":"2024-02-29T12:00:00.000000","_offset":3}
            """,
            rows.Json.Trim());
        Assert.False(server.Server.Engine.Describe("life").Schema.Fields[0].IsNullable);

        Assert.Equal(0, await _flight.UpdateAsync("drop table life;"));
        Assert.False(server.Server.Engine.TryDescribe("life", out _));
    }

    [Fact]
    public async Task A_query_is_appended_without_the_columns_that_every_stream_has()
    {
        await _flight.UpdateAsync("create stream source (a int, b varchar)");
        await _flight.UpdateAsync("insert into source select range, 'row ' || range from range(3000) order by range -- a comment");
        await _flight.UpdateAsync("create table copied as select * from source where a < 10");
        Assert.Equal(3000, await _flight.UpdateAsync("insert into copied select * from source"));
        Assert.Equal(1, await _flight.UpdateAsync("insert into copied by name select 'named' as b, 7 as a"));

        FlightResult counts = await _flight.QueryAsync("select count(*) as n, sum(a) as total, count(distinct b) as b from copied");
        Assert.Equal("""{"n":3011,"total":"4498552","b":3001}""", counts.Json.Trim());
    }

    [Fact]
    public async Task Rows_of_values_are_appended_in_their_order()
    {
        const int count = 6000;
        await _flight.UpdateAsync("create table ordered (n int)");
        await _flight.UpdateAsync($"insert into ordered values {string.Join(", ", Enumerable.Range(0, count).Select(n => $"({n})"))}");

        FlightResult wrong = await _flight.QueryAsync("select count(*) as n from ordered where n <> _offset");
        Assert.Equal("""{"n":0}""", wrong.Json.Trim());
        Assert.Equal(count, server.Server.Engine.Describe("ordered").RowCount);
    }

    [Theory]
    [InlineData("insert into things values (1, 'x'), (2, 'y', 3)", ErrorCode.SqlInvalid, "row 2 of VALUES has 3 columns, expected 2")]
    [InlineData("insert into things select 1", ErrorCode.SqlInvalid, "the query has 1 columns, expected 2")]
    [InlineData("insert into things (id, other) values (1, 2)", ErrorCode.SqlInvalid, "no column 'other'")]
    [InlineData("insert into things by name select 1 as id, 2 as other", ErrorCode.SqlInvalid, "no column 'other'")]
    [InlineData("insert into things values ('x', 'y')", ErrorCode.SqlData, "x")]
    [InlineData("insert into things values (null, 'y')", ErrorCode.SchemaMismatch, "id")]
    [InlineData("insert into things (name) values ('y')", ErrorCode.SchemaMismatch, "id")]
    [InlineData("insert into nowhere values (1)", ErrorCode.StreamNotFound, "nowhere")]
    [InlineData("insert into things select * from read_csv('/etc/passwd')", ErrorCode.SqlRefused, "read_csv")]
    [InlineData("insert into things values (1, getenv('HOME'))", ErrorCode.SqlRefused, "getenv")]
    [InlineData("insert into things values (1, 'a') returning id", ErrorCode.SqlRefused, "RETURNING")]
    [InlineData("insert into things values (1, 'a') on conflict do nothing", ErrorCode.SqlRefused, "ON CONFLICT")]
    [InlineData("insert or replace into things values (1, 'a')", ErrorCode.SqlRefused, "INSERT OR REPLACE")]
    [InlineData("insert into things default values", ErrorCode.SqlRefused, "DEFAULT VALUES")]
    [InlineData("insert into things values (1, 'a'); drop table things", ErrorCode.SqlRefused, "2 statements")]
    [InlineData("insert into things select 1, 'a') union all (select 2, 'b'", ErrorCode.SqlInvalid, "bracket")]
    [InlineData("create table things (id int)", ErrorCode.StreamAlreadyExists, "things")]
    [InlineData("create or replace table things (id int)", ErrorCode.SqlRefused, "CREATE OR")]
    [InlineData("create temp table t (id int)", ErrorCode.SqlRefused, "CREATE TEMP")]
    [InlineData("create view v as select 1", ErrorCode.SqlRefused, "CREATE VIEW")]
    [InlineData("create table t (id int primary key)", ErrorCode.SqlRefused, "PRIMARY")]
    [InlineData("create table t (id int default 7)", ErrorCode.SqlRefused, "DEFAULT")]
    [InlineData("create table t (id nothing)", ErrorCode.SqlNotFound, "nothing")]
    [InlineData("create table t (id int), (select 1)", ErrorCode.SqlInvalid, "expected the end")]
    [InlineData("create table t as select * from '/etc/passwd'", ErrorCode.SqlNotFound, "passwd")]
    [InlineData("create table other.main.t (id int)", ErrorCode.SqlNotFound, "varve.main")]
    [InlineData("create table \"no/\" (id int)", ErrorCode.InvalidName, "no/")]
    [InlineData("alter table things drop column name", ErrorCode.SqlRefused, "DROP")]
    [InlineData("alter table things rename to stuff", ErrorCode.SqlRefused, "RENAME")]
    [InlineData("alter table things add column name int", ErrorCode.InvalidSchema, "name")]
    [InlineData("alter table nowhere add column name int", ErrorCode.StreamNotFound, "nowhere")]
    [InlineData("drop view things", ErrorCode.SqlRefused, "DROP VIEW")]
    [InlineData("drop table nowhere", ErrorCode.StreamNotFound, "nowhere")]
    [InlineData("update things set id = 2", ErrorCode.SqlRefused, "UPDATE")]
    [InlineData("delete from things", ErrorCode.SqlRefused, "DELETE")]
    [InlineData("truncate things", ErrorCode.SqlRefused, "TRUNCATE")]
    [InlineData("merge into things using things as t on true when matched then delete", ErrorCode.SqlRefused, "MERGE")]
    [InlineData("set threads = 1", ErrorCode.SqlRefused, "SET")]
    [InlineData("copy things to '/tmp/varve-update.csv'", ErrorCode.SqlRefused, "COPY")]
    [InlineData("with w as (select 1, 'a') insert into things from w", ErrorCode.SqlNotFound, "things")]
    [InlineData("select 1", ErrorCode.InvalidRequest, "CommandStatementQuery")]
    public async Task What_cannot_be_done_is_refused_and_nothing_is_changed(string sql, ErrorCode code, string said)
    {
        await _flight.UpdateAsync("create table if not exists things (id bigint not null, name varchar)");

        RpcException e = await Assert.ThrowsAsync<RpcException>(() => _flight.UpdateAsync(sql));

        Assert.Equal((code, e.Message), (RunningServer.DetailOf(e).Code, e.Message));
        Assert.Contains(said, e.Message, StringComparison.Ordinal);
        Assert.Equal(0, server.Server.Engine.Describe("things").RowCount);
        Assert.False(server.Server.Engine.TryDescribe("t", out _));
    }

    [Fact]
    public async Task What_is_there_or_not_there_is_passed_over_where_the_statement_says_so()
    {
        await _flight.UpdateAsync("create table if not exists twice (a int)");
        Assert.Equal(0, await _flight.UpdateAsync("create table if not exists Twice (b varchar)"));
        await _flight.UpdateAsync("alter table twice add column if not exists A varchar");
        Assert.Equal("a", Assert.Single(server.Server.Engine.Describe("twice").Schema.Fields).Name);
        await _flight.UpdateAsync("drop table if exists Twice");
        await _flight.UpdateAsync("drop table if exists twice");
        await _flight.UpdateAsync("alter table if exists twice add column b int");
        Assert.False(server.Server.Engine.TryDescribe("twice", out _));
    }

    [Fact]
    public async Task A_prepared_insert_takes_many_rows_in_one_append()
    {
        await _flight.UpdateAsync("create table bound (id bigint, name varchar, day date)");
        ActionCreatePreparedStatementResult prepared = await _flight.PrepareAsync("insert into bound (name, id) values ($2, $1)");
        Assert.True(prepared.DatasetSchema.IsEmpty);
        Assert.Equal(["$1: int64", "$2: utf8"],
            SchemaMessage.Decode(prepared.ParameterSchema.Span).Fields.Select(f => $"{f.Name}: {f.Type.Name}"));

        var builder = new RecordBatchBuilder(new Schema([new Field("first", ArrowTypes.Int64), new Field("second", ArrowTypes.Utf8)]));
        for (long i = 0; i < 1000; i++)
            builder.AppendRow(i, i == 7 ? null : $"row {i}");
        Assert.Equal(1000, await _flight.UpdateAsync(prepared.PreparedStatementHandle, builder.Build()));

        FlightResult rows = await _flight.QueryAsync("select count(*) as n, count(name) as named, sum(id) as total, count(day) as days from bound");
        Assert.Equal("""{"n":1000,"named":999,"total":"499500","days":0}""", rows.Json.Trim());
    }

    [Fact]
    public async Task Rows_of_other_types_and_computed_values_are_bound_too()
    {
        await _flight.UpdateAsync("create table computed (id bigint, name varchar)");
        ByteString handle = (await _flight.PrepareAsync("insert into computed values (? * 10, upper(?))")).PreparedStatementHandle;
        RecordBatch two = new RecordBatchBuilder(new Schema([new Field("a", ArrowTypes.Int32), new Field("b", ArrowTypes.LargeUtf8)]))
            .AppendRow(1, "x").AppendRow(2, "y").Build();

        Assert.Equal(2, await _flight.UpdateAsync(handle, two));
        RpcException unbound = await Assert.ThrowsAsync<RpcException>(() => _flight.UpdateAsync(handle, null));

        Assert.Equal(ErrorCode.SqlInvalid, RunningServer.DetailOf(unbound).Code);
        FlightResult rows = await _flight.QueryAsync("select id, name from computed order by id");
        Assert.Equal("""{"id":10,"name":"X"}{"id":20,"name":"Y"}""", rows.Json.ReplaceLineEndings(""));
    }

    [Fact]
    public async Task A_row_that_does_not_fit_leaves_none_of_the_others()
    {
        await _flight.UpdateAsync("create table whole (id bigint)");
        ByteString handle = (await _flight.PrepareAsync("insert into whole values (cast(? as integer))")).PreparedStatementHandle;
        RecordBatch rows = new RecordBatchBuilder(new Schema([new Field("a", ArrowTypes.Utf8)])).AppendRow("1").AppendRow("two").Build();

        RpcException e = await Assert.ThrowsAsync<RpcException>(() => _flight.UpdateAsync(handle, rows));

        Assert.Equal(ErrorCode.SqlData, RunningServer.DetailOf(e).Code);
        Assert.Equal(0, server.Server.Engine.Describe("whole").RowCount);
    }

    [Fact]
    public async Task A_client_that_runs_everything_as_a_query_changes_things_once()
    {
        await _flight.UpdateAsync("create table once (a int)");
        var command = new CommandStatementQuery { Query = "insert into once values (1), (2)" };
        Assert.Equal(["Count: int64"],
            (await _flight.SchemaAsync(FlightMessages.CommandDescriptor(command))).Fields.Select(f => $"{f.Name}: {f.Type.Name}"));
        Assert.Equal(0, server.Server.Engine.Describe("once").RowCount);

        FlightInfo info = await _flight.InfoAsync(command);
        for (int use = 0; use < 2; use++)
            Assert.Equal("""{"Count":2}""", (await _flight.GetAsync(info.Endpoint[0].Ticket)).Json.Trim());
        Assert.Equal(2, server.Server.Engine.Describe("once").RowCount);

        FlightResult bare = await _flight.GetAsync(FlightCalls.BareTicket(ByteString.CopyFromUtf8("insert into once values (3)")));
        Assert.Equal("""{"Count":1}""", bare.Json.Trim());
        ByteString handle = (await _flight.PrepareAsync("insert into once values (?)")).PreparedStatementHandle;
        RecordBatch three = new RecordBatchBuilder(new Schema([new Field("a", ArrowTypes.Int32)])).AppendRow(4).AppendRow(5).AppendRow(6).Build();
        Assert.Equal("""{"Count":3}""", (await _flight.ExecuteAsync(handle, three)).Json.Trim());
        Assert.Equal("""{"total":"21"}""", (await _flight.QueryAsync("select sum(a) as total from once")).Json.Trim());
    }

    [Fact]
    public async Task A_statement_larger_than_an_append_changes_nothing()
    {
        await using RunningServer small = await RunningServer.StartAsync(o => o.Data.MaxBatchBytes = 64 << 10);
        var flight = new FlightCalls(small.Channel);
        await flight.UpdateAsync("create table small (a bigint)");

        RpcException e = await Assert.ThrowsAsync<RpcException>(() => flight.UpdateAsync("insert into small from range(100000)"));

        Assert.Equal(ErrorCode.BatchTooLarge, RunningServer.DetailOf(e).Code);
        Assert.Equal(0, small.Server.Engine.Describe("small").RowCount);
    }
}
