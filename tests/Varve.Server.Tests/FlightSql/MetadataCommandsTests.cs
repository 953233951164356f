using Google.Protobuf;
using Varve.Arrow;
using Varve.Arrow.Ipc;
using Varve.Protocol.FlightSql;
using Varve.Server.FlightSql.Metadata;
using Any = Google.Protobuf.WellKnownTypes.Any;

namespace Varve.Server.Tests.FlightSql;

public class MetadataCommandsTests : IClassFixture<RunningServer>, IAsyncLifetime
{
    private static readonly Schema Columns = new(
        [new Field("n", ArrowTypes.Int64, isNullable: false), new Field("price", new DecimalType(18, 2, 128))]);

    private readonly RunningServer _server;
    private readonly MetadataCommands _commands;

    public MetadataCommandsTests(RunningServer server)
    {
        _server = server;
        _commands = new MetadataCommands(new TableCatalog(server.Server.Engine, server.Server.Queries), new SqlInfoValues("1", TimeSpan.Zero));
    }

    public async Task InitializeAsync()
    {
        foreach (string name in new[] { "trips_2024", "flights", "tripsX2024" }.Where(n => !_server.Server.Engine.TryDescribe(n, out _)))
            await _server.Server.Engine.CreateStreamAsync(name, Columns);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task There_is_one_catalog_one_schema_and_one_type_of_table()
    {
        Assert.Equal(["varve"], Texts(await FetchAsync(new CommandGetCatalogs()), 0));
        Assert.Equal(["main"], Texts(await FetchAsync(new CommandGetDbSchemas()), 1));
        Assert.Equal(["TABLE"], Texts(await FetchAsync(new CommandGetTableTypes()), 0));
    }

    [Fact]
    public async Task Tables_come_by_name() =>
        Assert.Equal(["flights", "tripsX2024", "trips_2024"], Texts(await FetchAsync(new CommandGetTables()), 2));

    [Fact]
    public async Task A_pattern_with_an_escape_finds_one_name_exactly() =>
        Assert.Equal(["trips_2024"], Texts(await FetchAsync(new CommandGetTables { TableNameFilterPattern = @"trips\_2024" }), 2));

    [Fact]
    public async Task Filters_that_nothing_passes_give_no_rows()
    {
        CommandGetTables[] commands =
        [
            new() { Catalog = "" },
            new() { Catalog = "other" },
            new() { DbSchemaFilterPattern = "x%" },
            new() { TableNameFilterPattern = "" },
            new() { TableTypes = { "VIEW" } },
        ];
        foreach (CommandGetTables command in commands)
            Assert.Equal(0, (await FetchAsync(command)).RowCount);
    }

    [Fact]
    public async Task Filters_that_fit_give_all_rows()
    {
        var command = new CommandGetTables { Catalog = "varve", DbSchemaFilterPattern = "m%n", TableTypes = { "VIEW", "TABLE" } };

        Assert.Equal(3, (await FetchAsync(command)).RowCount);
    }

    [Fact]
    public async Task A_table_schema_tells_where_each_column_is_from_and_what_sql_calls_its_type()
    {
        RecordBatch tables = await FetchAsync(new CommandGetTables { IncludeSchema = true, TableNameFilterPattern = "flights" });

        Schema schema = SchemaMessage.Decode(tables.Columns[4].Buffers[2].Span);
        Assert.Equal(
            ["n: int64", "price: decimal128(18, 2)", "_offset: int64", "_time: timestamp[us, UTC]"],
            schema.Fields.Select(f => $"{f.Name}: {f.Type.Name}"));
        Assert.Equal("flights", schema.Fields[0].Metadata["ARROW:FLIGHT:SQL:TABLE_NAME"]);
        Assert.Equal("BIGINT", schema.Fields[0].Metadata["ARROW:FLIGHT:SQL:TYPE_NAME"]);
        Assert.Equal("DECIMAL(18,2)", schema.Fields[1].Metadata["ARROW:FLIGHT:SQL:TYPE_NAME"]);
        Assert.Equal("2", schema.Fields[1].Metadata["ARROW:FLIGHT:SQL:SCALE"]);
        Assert.Equal("TIMESTAMP WITH TIME ZONE", schema.Fields[3].Metadata["ARROW:FLIGHT:SQL:TYPE_NAME"]);
    }

    [Fact]
    public async Task Keys_are_empty_in_the_prescribed_schemas()
    {
        Assert.Equal(MetadataSchemas.PrimaryKeys, (await FetchAsync(new CommandGetPrimaryKeys { Table = "flights" })).Schema);
        IMessage[] foreign = [new CommandGetExportedKeys { Table = "t" }, new CommandGetImportedKeys { Table = "t" }, new CommandGetCrossReference()];
        foreach (IMessage command in foreign)
        {
            RecordBatch keys = await FetchAsync(command);
            Assert.Equal(13, keys.Columns.Count);
            Assert.Equal(0, keys.RowCount);
        }
    }

    [Fact]
    public async Task Types_come_in_the_order_of_their_numbers_and_can_be_asked_for_by_number()
    {
        RecordBatch all = await FetchAsync(new CommandGetXdbcTypeInfo());
        int[] numbers = [.. Enumerable.Range(0, all.RowCount).Select(i => BitConverter.ToInt32(all.Columns[1].Buffers[1].Span[(i * 4)..]))];

        Assert.Equal(numbers.Order(), numbers);
        Assert.Equal(["VARCHAR"], Texts(await FetchAsync(new CommandGetXdbcTypeInfo { DataType = 12 }), 0));
        Assert.Equal(0, (await FetchAsync(new CommandGetXdbcTypeInfo { DataType = 4711 })).RowCount);
    }

    [Fact]
    public async Task Every_result_can_be_encoded_and_fits_its_schema()
    {
        IMessage[] commands =
        [
            new CommandGetCatalogs(), new CommandGetDbSchemas(), new CommandGetTables(), new CommandGetTables { IncludeSchema = true },
            new CommandGetTableTypes(), new CommandGetPrimaryKeys(), new CommandGetExportedKeys(), new CommandGetXdbcTypeInfo(),
            new CommandGetSqlInfo(),
        ];
        foreach (IMessage command in commands)
        {
            MetadataResult result = _commands.Find(Any.Pack(command))!;
            RecordBatch batch = await result.FetchAsync(CancellationToken.None);
            Assert.Same(result.Schema, batch.Schema);
            Assert.True(BatchEncoder.Encode(batch).BodyLengthBytes >= 0);
            for (int i = 0; i < batch.Columns.Count; i++)
                Assert.True(batch.Columns[i].NullCount == 0 || batch.Schema.Fields[i].IsNullable, batch.Schema.Fields[i].Name);
        }
    }

    [Fact]
    public void Another_command_is_none_of_these() => Assert.Null(_commands.Find(Any.Pack(new CommandStatementQuery())));

    private static string[] Texts(RecordBatch batch, int column)
    {
        ArrayData texts = batch.Columns[column];
        return [.. Enumerable.Range(0, texts.Length).Select(i =>
        {
            int start = BitConverter.ToInt32(texts.Buffers[1].Span[(4 * i)..]);
            int end = BitConverter.ToInt32(texts.Buffers[1].Span[(4 * (i + 1))..]);
            return System.Text.Encoding.UTF8.GetString(texts.Buffers[2].Span[start..end]);
        })];
    }

    private Task<RecordBatch> FetchAsync(IMessage command) => _commands.Find(Any.Pack(command))!.FetchAsync(CancellationToken.None);
}
