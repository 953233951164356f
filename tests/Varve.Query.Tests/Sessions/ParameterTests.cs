using Varve.Arrow;
using Varve.Arrow.Values;
using Varve.Query.Tests.Fixtures;

namespace Varve.Query.Tests.Sessions;

public sealed class ParameterTests(QueryFixture fixture) : IClassFixture<QueryFixture>
{
    [Fact]
    public async Task A_prepared_statement_tells_its_placeholders_and_columns_before_it_runs()
    {
        await fixture.CreateAsync("p", TestArrays.Batch(("a", ArrowTypes.Int64, [1L]), ("s", ArrowTypes.Utf8, ["x"])));
        PreparedQuery prepared = await fixture.Engine.PrepareAsync("SELECT a, s || '!' AS t FROM p WHERE a > $1 AND s = $2");
        Assert.Equal(StatementKind.Query, prepared.Kind);
        Assert.Equal("$1: int64, $2: utf8", prepared.ParameterSchema.ToString());
        Assert.Equal("a: int64, t: utf8", prepared.ResultSchema!.ToString());

        PreparedQuery named = await fixture.Engine.PrepareAsync("SELECT count(*) AS n FROM p WHERE _time BETWEEN $from AND $until LIMIT $n");
        Assert.Equal("$from: timestamp[us, UTC], $until: timestamp[us, UTC], $n: int64", named.ParameterSchema.ToString());

        PreparedQuery open = await fixture.Engine.PrepareAsync("SELECT $1 + 1 AS a");
        Assert.Equal("$1: null", open.ParameterSchema.ToString());
        Assert.Null(open.ResultSchema);
        Assert.Equal("a: int64", (await fixture.Engine.PrepareAsync("SELECT $1::BIGINT + 1 AS a")).ResultSchema!.ToString());
        Assert.Equal("$1: null, $2: null", (await fixture.Engine.PrepareAsync("SELECT ?, ?")).ParameterSchema.ToString());
        Assert.Equal(StatementKind.Explain, (await fixture.Engine.PrepareAsync("EXPLAIN SELECT 1")).Kind);
    }

    [Fact]
    public async Task Prepared_statements_run_any_number_of_times_at_once()
    {
        PreparedQuery prepared = await fixture.Engine.PrepareAsync("SELECT $1::BIGINT * 2");
        string[] answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(async i =>
        {
            await using QueryResult result = await prepared.ExecuteAsync(Values(("$1", ArrowTypes.Int64, (long)i)));
            await foreach (RecordBatch batch in result.ReadAllAsync())
                return ArrayReader.Format(batch.Columns[0], 0);
            return "";
        }));
        Assert.Equal(Enumerable.Range(0, 20).Select(i => (2 * i).ToString()), answers);
    }

    [Theory]
    [InlineData("SELECT $1, $2", "a", "1", "b", "2", "1|2")]
    [InlineData("SELECT ?, ?", "a", "1", "b", "2", "1|2")]
    [InlineData("SELECT $b, $a", "$a", "1", "$b", "2", "2|1")]
    [InlineData("SELECT $b, $a", "a", "1", "b", "2", "2|1")]
    [InlineData("SELECT $2, $1", "$2", "2", "$1", "1", "2|1")]
    [InlineData("SELECT $x, $y", "other", "1", "names", "2", "1|2")]
    public async Task Values_go_to_placeholders_by_name_or_in_order(
        string sql, string name1, string value1, string name2, string value2, string expected) =>
        Assert.Equal(expected, await fixture.Engine.OneAsync(sql, Values((name1, ArrowTypes.Utf8, value1), (name2, ArrowTypes.Utf8, value2))));

    [Theory]
    [InlineData("SELECT $1")]
    [InlineData("SELECT $1, $2, $3")]
    [InlineData("SELECT 1")]
    [InlineData("SELECT $1, $3")]
    public async Task Values_that_do_not_fit_in_number_are_refused(string sql) =>
        Assert.Equal(QueryErrorCode.InvalidParameter, (await fixture.Engine.FailAsync(
            sql, Values(("a", ArrowTypes.Int64, 1L), ("b", ArrowTypes.Int64, 2L)))).Code);

    [Fact]
    public async Task Placeholders_without_values_are_refused() =>
        Assert.Equal(QueryErrorCode.InvalidParameter, (await fixture.Engine.FailAsync("SELECT $1")).Code);

    [Fact]
    public async Task A_value_of_the_wrong_type_is_an_error_of_the_value()
    {
        await fixture.CreateAsync("w", TestArrays.Batch(("a", new TimestampType(TimeUnit.Microsecond, null), [0L])));
        Assert.Equal("1", await fixture.Engine.OneAsync("SELECT count(*) FROM w WHERE a < $1", Values(("$1", ArrowTypes.Utf8, "2024-01-01"))));
        Assert.Equal(QueryErrorCode.InvalidValue, (await fixture.Engine.FailAsync(
            "SELECT count(*) FROM w WHERE a < $1", Values(("$1", ArrowTypes.Utf8, "no date")))).Code);
        Assert.Equal(QueryErrorCode.InvalidStatement, (await fixture.Engine.FailAsync(
            "SELECT count(*) FROM w WHERE a < $1", Values(("$1", ArrowTypes.Int64, 5L)))).Code);
    }

    public static TheoryData<string> Types => [.. AllTypes.Keys];

    private static readonly Dictionary<string, (ArrowType Type, object? Value, string Sql)> AllTypes = new()
    {
        ["null"] = (ArrowTypes.Null, null, "\"NULL\""),
        ["bool"] = (ArrowTypes.Boolean, true, "BOOLEAN"),
        ["int8"] = (ArrowTypes.Int8, (sbyte)-5, "TINYINT"),
        ["int16"] = (ArrowTypes.Int16, (short)-5, "SMALLINT"),
        ["int32"] = (ArrowTypes.Int32, -5, "INTEGER"),
        ["int64"] = (ArrowTypes.Int64, -5L, "BIGINT"),
        ["uint8"] = (ArrowTypes.UInt8, (byte)5, "UTINYINT"),
        ["uint16"] = (ArrowTypes.UInt16, (ushort)5, "USMALLINT"),
        ["uint32"] = (ArrowTypes.UInt32, 5u, "UINTEGER"),
        ["uint64"] = (ArrowTypes.UInt64, ulong.MaxValue, "UBIGINT"),
        ["float16"] = (ArrowTypes.Float16, (Half)1.5, "FLOAT"),
        ["float32"] = (ArrowTypes.Float32, 1.5f, "FLOAT"),
        ["float64"] = (ArrowTypes.Float64, 1.5, "DOUBLE"),
        ["decimal32"] = (new DecimalType(5, 2, 32), "-1.50", "DECIMAL(5,2)"),
        ["decimal64"] = (new DecimalType(12, 2, 64), "-1.50", "DECIMAL(12,2)"),
        ["decimal128"] = (new DecimalType(30, 2, 128), "-1.50", "DECIMAL(30,2)"),
        ["utf8"] = (ArrowTypes.Utf8, "a text longer than twelve", "VARCHAR"),
        ["empty utf8"] = (ArrowTypes.Utf8, "", "VARCHAR"),
        ["large_utf8"] = (ArrowTypes.LargeUtf8, "a text", "VARCHAR"),
        ["utf8_view"] = (ArrowTypes.Utf8View, "a text longer than twelve", "VARCHAR"),
        ["binary"] = (ArrowTypes.Binary, new byte[] { 0, 1 }, "BLOB"),
        ["date32"] = (ArrowTypes.Date32, 5, "DATE"),
        ["time64"] = (new TimeType(TimeUnit.Microsecond), 5L, "TIME"),
        ["time64 ns"] = (new TimeType(TimeUnit.Nanosecond), 5L, "TIME_NS"),
        ["timestamp s"] = (new TimestampType(TimeUnit.Second, null), 5L, "TIMESTAMP_S"),
        ["timestamp ms"] = (new TimestampType(TimeUnit.Millisecond, null), 5L, "TIMESTAMP_MS"),
        ["timestamp us"] = (new TimestampType(TimeUnit.Microsecond, null), 5L, "TIMESTAMP"),
        ["timestamp ns"] = (new TimestampType(TimeUnit.Nanosecond, null), 5L, "TIMESTAMP_NS"),
        ["timestamp tz"] = (ArrowTypes.TimestampMicrosUtc, 5L, "TIMESTAMP WITH TIME ZONE"),
        ["interval"] = (new IntervalType(IntervalUnit.MonthDayNano), new IntervalValue(1, 2, 3000), "INTERVAL"),
        ["list"] = (new ListType(new Field("item", ArrowTypes.Int32)), new object?[] { 1, null, 3 }, "INTEGER[]"),
        ["empty list"] = (new ListType(new Field("item", ArrowTypes.Utf8)), Array.Empty<object?>(), "VARCHAR[]"),
        ["dictionary"] = (new DictionaryType(ArrowTypes.Int8, ArrowTypes.Utf8, false), "a text", "VARCHAR"),
    };

    [Theory]
    [MemberData(nameof(Types))]
    public async Task Values_of_every_type_can_be_given(string name)
    {
        (ArrowType type, object? value, string sql) = AllTypes[name];
        RecordBatch given = TestArrays.Batch(("a", type, [value]), ("b", type, [value]));
        string[] answer = (await fixture.Engine.OneAsync("SELECT typeof($1), $2", new QueryParameters(given))).Split('|');
        Assert.Equal(sql, answer[0]);
        Assert.Equal(Rows.Show(given.Columns[0], 0), answer[1]);
    }

    [Fact]
    public async Task The_row_of_a_batch_can_be_chosen()
    {
        RecordBatch rows = TestArrays.Batch(("a", ArrowTypes.Int64, [1L, 2L, 3L]));
        Assert.Equal("2", await fixture.Engine.OneAsync("SELECT $1", new QueryParameters(rows, 1)));
    }

    private static QueryParameters Values(params (string Name, ArrowType Type, object? Value)[] values) =>
        new(TestArrays.Batch([.. values.Select(v => (v.Name, v.Type, new[] { v.Value }))]));
}
