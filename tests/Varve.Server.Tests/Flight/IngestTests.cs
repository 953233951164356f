using Google.Protobuf;
using Varve.Arrow;
using Varve.Arrow.Builders;
using Varve.Protocol.Flight;
using Varve.Protocol.FlightSql;
using Varve.Protocol.V1;
using Varve.Rpc;
using IfExists = Varve.Protocol.FlightSql.CommandStatementIngest.Types.TableDefinitionOptions.Types.TableExistsOption;
using IfNotExist = Varve.Protocol.FlightSql.CommandStatementIngest.Types.TableDefinitionOptions.Types.TableNotExistOption;
using Options = Varve.Protocol.FlightSql.CommandStatementIngest.Types.TableDefinitionOptions;

namespace Varve.Server.Tests.Flight;

public class IngestTests(RunningServer server) : IClassFixture<RunningServer>
{
    private static readonly Schema Columns = new([new Field("n", ArrowTypes.Int64)]);

    private static readonly RecordBatch Three = new RecordBatchBuilder(Columns).AppendRow(1L).AppendRow(2L).AppendRow(3L).Build();

    private readonly FlightCalls _flight = new(server.Channel);

    [Fact]
    public async Task Rows_are_appended_to_a_new_table_and_counted()
    {
        var command = new CommandStatementIngest
        {
            Table = "ingested",
            Catalog = "varve",
            Schema = "main",
            TableDefinitionOptions = Definition(IfNotExist.Create, IfExists.Append),
        };

        Assert.Equal(6, await IngestAsync(command, Three, Three));
        Assert.Equal(3, await IngestAsync(command, Three));
        Assert.Equal(9, server.Server.Engine.Describe("ingested").RowCount);
    }

    [Fact]
    public async Task What_the_command_says_of_the_table_is_kept_to()
    {
        var create = new CommandStatementIngest { Table = "once", TableDefinitionOptions = Definition(IfNotExist.Create, IfExists.Fail) };
        Assert.Equal(3, await IngestAsync(create, Three));
        Assert.Equal(ErrorCode.StreamAlreadyExists, await RefusalAsync(create));

        var append = new CommandStatementIngest { Table = "never", TableDefinitionOptions = Definition(IfNotExist.Fail, IfExists.Append) };
        Assert.Equal(ErrorCode.StreamNotFound, await RefusalAsync(append));
    }

    [Fact]
    public async Task A_table_is_replaced_by_one_with_other_columns()
    {
        var replace = new CommandStatementIngest { Table = "replaced", TableDefinitionOptions = Definition(IfNotExist.Fail, IfExists.Replace) };
        Assert.Equal(3, await IngestAsync(replace, Three));
        var other = new Schema([new Field("text", ArrowTypes.Utf8)]);
        RecordBatch one = new RecordBatchBuilder(other).AppendRow("x").Build();

        List<PutResult> results = await _flight.PutAsync(FlightMessages.CommandDescriptor(replace), other, one);

        Assert.Equal(1, DoPutUpdateResult.Parser.ParseFrom(Assert.Single(results).AppMetadata).RecordCount);
        Assert.Equal("""{"text":"x","_offset":0}""", (await _flight.QueryAsync("select * exclude (_time) from replaced")).Json.Trim());
    }

    [Fact]
    public async Task A_table_stays_where_no_stream_can_have_the_columns_that_should_replace_it()
    {
        var replace = new CommandStatementIngest { Table = "kept", TableDefinitionOptions = Definition(IfNotExist.Create, IfExists.Replace) };
        await IngestAsync(replace, Three);
        var wrong = new Schema([new Field("same", ArrowTypes.Utf8), new Field("Same", ArrowTypes.Utf8)]);

        RpcException e = await Assert.ThrowsAsync<RpcException>(() => _flight.PutAsync(FlightMessages.CommandDescriptor(replace), wrong));

        Assert.Equal(ErrorCode.InvalidSchema, RunningServer.DetailOf(e).Code);
        Assert.Equal(3, server.Server.Engine.Describe("kept").RowCount);
    }

    [Fact]
    public async Task What_varve_does_not_do_is_refused_and_not_passed_over()
    {
        CommandStatementIngest[] commands =
        [
            new() { Table = "t", Temporary = true },
            new() { Table = "t", Catalog = "other" },
            new() { Table = "t", Schema = "other" },
            new() { Table = "t", TransactionId = ByteString.CopyFromUtf8("t") },
            new() { Table = "t", Options = { ["speed"] = "high" } },
        ];
        foreach (CommandStatementIngest command in commands)
            Assert.Equal((command.ToString(), ErrorCode.Unsupported), (command.ToString(), await RefusalAsync(command)));
        Assert.False(server.Server.Engine.TryDescribe("t", out _));
    }

    private static Options Definition(IfNotExist ifNotExist, IfExists ifExists) =>
        new() { IfNotExist = ifNotExist, IfExists = ifExists };

    private async Task<long> IngestAsync(CommandStatementIngest command, params RecordBatch[] batches)
    {
        List<PutResult> results = await _flight.PutAsync(FlightMessages.CommandDescriptor(command), Columns, batches);
        return DoPutUpdateResult.Parser.ParseFrom(Assert.Single(results).AppMetadata).RecordCount;
    }

    private async Task<ErrorCode> RefusalAsync(CommandStatementIngest command) =>
        RunningServer.DetailOf(await Assert.ThrowsAsync<RpcException>(() => IngestAsync(command, Three))).Code;
}
