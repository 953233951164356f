using Google.Protobuf;
using Varve.Arrow;
using Varve.Arrow.Ipc;
using Varve.Protocol.FlightSql;
using Varve.Server.FlightSql.Metadata;
using Any = Google.Protobuf.WellKnownTypes.Any;

namespace Varve.Server.Tests.FlightSql;

public class MetadataCommandsTests
{
    private static readonly Schema Columns = new([new Field("n", ArrowTypes.Int64, isNullable: false), new Field("price", new DecimalType(18, 2, 128))]);

    private readonly MetadataCommands _commands = new(
        new TableCatalog(() => [new SqlTable("trips_2024", Columns), new SqlTable("flights", Columns), new SqlTable("tripsX2024", Columns)]),
        new SqlInfoValues("1", TimeSpan.Zero));

    [Fact]
    public void There_is_one_catalog_one_schema_and_one_type_of_table()
    {
        Assert.Equal(["varve"], Texts(Fetch(new CommandGetCatalogs()), 0));
        Assert.Equal(["main"], Texts(Fetch(new CommandGetDbSchemas()), 1));
        Assert.Equal(["TABLE"], Texts(Fetch(new CommandGetTableTypes()), 0));
    }

    [Fact]
    public void Tables_come_by_name() =>
        Assert.Equal(["flights", "tripsX2024", "trips_2024"], Texts(Fetch(new CommandGetTables()), 2));

    [Fact]
    public void A_pattern_with_an_escape_finds_one_name_exactly() =>
        Assert.Equal(["trips_2024"], Texts(Fetch(new CommandGetTables { TableNameFilterPattern = @"trips\_2024" }), 2));

    [Fact]
    public void Filters_that_nothing_passes_give_no_rows()
    {
        CommandGetTables[] commands =
        [
            new() { Catalog = "" },
            new() { Catalog = "other" },
            new() { DbSchemaFilterPattern = "x%" },
            new() { TableNameFilterPattern = "" },
            new() { TableTypes = { "VIEW" } },
        ];
        Assert.All(commands, command => Assert.Equal(0, Fetch(command).RowCount));
    }

    [Fact]
    public void Filters_that_fit_give_all_rows() =>
        Assert.Equal(3, Fetch(new CommandGetTables { Catalog = "varve", DbSchemaFilterPattern = "m%n", TableTypes = { "VIEW", "TABLE" } }).RowCount);

    [Fact]
    public void A_table_schema_tells_where_each_column_is_from_and_what_sql_calls_its_type()
    {
        RecordBatch tables = Fetch(new CommandGetTables { IncludeSchema = true, TableNameFilterPattern = "flights" });

        Schema schema = SchemaMessage.Decode(tables.Columns[4].Buffers[2].Span);
        Assert.Equal(Columns, schema);
        Assert.Equal("flights", schema.Fields[0].Metadata["ARROW:FLIGHT:SQL:TABLE_NAME"]);
        Assert.Equal("BIGINT", schema.Fields[0].Metadata["ARROW:FLIGHT:SQL:TYPE_NAME"]);
        Assert.Equal("DECIMAL(18,2)", schema.Fields[1].Metadata["ARROW:FLIGHT:SQL:TYPE_NAME"]);
        Assert.Equal("2", schema.Fields[1].Metadata["ARROW:FLIGHT:SQL:SCALE"]);
    }

    [Fact]
    public void Keys_are_empty_in_the_prescribed_schemas()
    {
        Assert.Equal(MetadataSchemas.PrimaryKeys, Fetch(new CommandGetPrimaryKeys { Table = "flights" }).Schema);
        IMessage[] foreign = [new CommandGetExportedKeys { Table = "t" }, new CommandGetImportedKeys { Table = "t" }, new CommandGetCrossReference()];
        Assert.All(foreign, command =>
        {
            RecordBatch keys = Fetch(command);
            Assert.Equal(13, keys.Columns.Count);
            Assert.Equal(0, keys.RowCount);
        });
    }

    [Fact]
    public void Types_come_in_the_order_of_their_numbers_and_can_be_asked_for_by_number()
    {
        RecordBatch all = Fetch(new CommandGetXdbcTypeInfo());
        int[] numbers = [.. Enumerable.Range(0, all.RowCount).Select(i => BitConverter.ToInt32(all.Columns[1].Buffers[1].Span[(i * 4)..]))];

        Assert.Equal(numbers.Order(), numbers);
        Assert.Equal(["VARCHAR"], Texts(Fetch(new CommandGetXdbcTypeInfo { DataType = 12 }), 0));
        Assert.Equal(0, Fetch(new CommandGetXdbcTypeInfo { DataType = 4711 }).RowCount);
    }

    [Fact]
    public void Every_result_can_be_encoded_and_fits_its_schema()
    {
        IMessage[] commands =
        [
            new CommandGetCatalogs(), new CommandGetDbSchemas(), new CommandGetTables(), new CommandGetTables { IncludeSchema = true }, new CommandGetTableTypes(),
            new CommandGetPrimaryKeys(), new CommandGetExportedKeys(), new CommandGetXdbcTypeInfo(), new CommandGetSqlInfo(),
        ];
        Assert.All(commands, command =>
        {
            MetadataResult result = _commands.Find(Any.Pack(command))!;
            RecordBatch batch = result.Fetch();
            Assert.Same(result.Schema, batch.Schema);
            Assert.True(BatchEncoder.Encode(batch).BodyLengthBytes >= 0);
            for (int i = 0; i < batch.Columns.Count; i++)
                Assert.True(batch.Columns[i].NullCount == 0 || batch.Schema.Fields[i].IsNullable, batch.Schema.Fields[i].Name);
        });
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

    private RecordBatch Fetch(IMessage command) => _commands.Find(Any.Pack(command))!.Fetch();
}
