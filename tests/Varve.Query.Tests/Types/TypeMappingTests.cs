using System.Numerics;
using Varve.Arrow;
using Varve.Arrow.Values;
using Varve.Query.Tests.Fixtures;
using Varve.Query.Types;

namespace Varve.Query.Tests.Types;

/// <summary>Every type of a stream's column: what SQL calls it, and that its values, extremes and nulls leave as they came.</summary>
public sealed class TypeMappingTests(QueryFixture fixture) : IClassFixture<QueryFixture>
{
    private static readonly Field Item = new("item", ArrowTypes.Int32);
    private static int s_streams;

    public static TheoryData<string> Cases => [.. All.Keys];

    /// <summary>By name: the column's type, its SQL type, the type it leaves with, values, and what they leave as where that differs.</summary>
    private static readonly Dictionary<string, (ArrowType Type, string Sql, ArrowType Result, object?[] Values, object?[]? Expected)> All = new()
    {
        ["null"] = (ArrowTypes.Null, "INTEGER", ArrowTypes.Int32, [null, null, null], null),
        ["bool"] = Same(ArrowTypes.Boolean, "BOOLEAN", true, null, false, true, true, false, false, true, null, true),
        ["int8"] = Same(ArrowTypes.Int8, "TINYINT", sbyte.MinValue, null, sbyte.MaxValue),
        ["int16"] = Same(ArrowTypes.Int16, "SMALLINT", short.MinValue, null, short.MaxValue),
        ["int32"] = Same(ArrowTypes.Int32, "INTEGER", int.MinValue, null, int.MaxValue),
        ["int64"] = Same(ArrowTypes.Int64, "BIGINT", long.MinValue, null, long.MaxValue),
        ["uint8"] = Same(ArrowTypes.UInt8, "UTINYINT", byte.MinValue, null, byte.MaxValue),
        ["uint16"] = Same(ArrowTypes.UInt16, "USMALLINT", ushort.MinValue, null, ushort.MaxValue),
        ["uint32"] = Same(ArrowTypes.UInt32, "UINTEGER", uint.MinValue, null, uint.MaxValue),
        ["uint64"] = Same(ArrowTypes.UInt64, "UBIGINT", ulong.MinValue, null, ulong.MaxValue),
        ["float16"] = (ArrowTypes.Float16, "FLOAT", ArrowTypes.Float32,
            [Half.MaxValue, null, Half.Epsilon, Half.NaN, Half.NegativeInfinity, (Half)0.1],
            [(float)Half.MaxValue, null, (float)Half.Epsilon, float.NaN, float.NegativeInfinity, (float)(Half)0.1]),
        ["float32"] = Same(ArrowTypes.Float32, "FLOAT", float.MinValue, null, float.NaN, float.PositiveInfinity, float.Epsilon, -0f),
        ["float64"] = Same(ArrowTypes.Float64, "DOUBLE", double.MinValue, null, double.NaN, double.NegativeInfinity, double.Epsilon, -0d),
        ["decimal32"] = Wider(new DecimalType(4, 1, 32), "DECIMAL(4,1)", 4, 1, "999.9", null, "-999.9", "0.1"),
        ["decimal32 of 9"] = Wider(new DecimalType(9, 0, 32), "DECIMAL(9,0)", 9, 0, "999999999", null, "-999999999"),
        ["decimal64"] = Wider(new DecimalType(18, 18, 64), "DECIMAL(18,18)", 18, 18, "0.999999999999999999", null, "-0.000000000000000001"),
        ["decimal128"] = Wider(new DecimalType(38, 10, 128), "DECIMAL(38,10)", 38, 10, "9999999999999999999999999999.9999999999", null, "-1.5"),
        ["decimal128 of few digits"] = Wider(new DecimalType(3, 0, 128), "DECIMAL(3,0)", 3, 0, "999", null, "-999"),
        ["decimal256"] = Wider(new DecimalType(38, 2, 256), "DECIMAL(38,2)", 38, 2, "999999999999999999999999999999999999.99", null, "-0.01"),
        ["decimal of scale below zero"] = Wider(new DecimalType(5, -3, 128), "DECIMAL(8,0)", 8, 0, "99999000", null, "-1000"),
        ["decimal of scale above its digits"] = Wider(new DecimalType(2, 5, 128), "DECIMAL(5,5)", 5, 5, "0.00099", null, "-0.00001"),
        ["utf8"] = Same(ArrowTypes.Utf8, "VARCHAR", "", null, "12 characters"[..12], "13 characters", "çà ñ 日本 🙂",
            new string('x', 100_000), "last"),
        ["large_utf8"] = (ArrowTypes.LargeUtf8, "VARCHAR", ArrowTypes.Utf8, ["", null, "short", "a text longer than twelve"], null),
        ["utf8_view"] = (ArrowTypes.Utf8View, "VARCHAR", ArrowTypes.Utf8, ["", null, "short", "a text longer than twelve", "exactly 12 b"], null),
        ["binary"] = Same(ArrowTypes.Binary, "BLOB", Array.Empty<byte>(), null, new byte[] { 0, 255, 0 }, new byte[20]),
        ["large_binary"] = (ArrowTypes.LargeBinary, "BLOB", ArrowTypes.Binary, [Array.Empty<byte>(), null, new byte[] { 1 }, new byte[20]], null),
        ["binary_view"] = (ArrowTypes.BinaryView, "BLOB", ArrowTypes.Binary, [Array.Empty<byte>(), null, new byte[] { 1 }, new byte[20]], null),
        ["fixed_size_binary"] = (new FixedSizeBinaryType(16), "BLOB", ArrowTypes.Binary,
            [new byte[16], null, Enumerable.Repeat((byte)7, 16).ToArray()], null),
        ["date32"] = Same(ArrowTypes.Date32, "DATE", 0, null, -719162, 2932896),
        ["date64"] = (ArrowTypes.Date64, "TIMESTAMP_MS", new TimestampType(TimeUnit.Millisecond, null), [0L, null, 86_400_000L, 1L], null),
        ["time32 s"] = (new TimeType(TimeUnit.Second), "TIME", new TimeType(TimeUnit.Microsecond), [0, null, 86_399], [0L, null, 86_399_000_000L]),
        ["time32 ms"] = (new TimeType(TimeUnit.Millisecond), "TIME", new TimeType(TimeUnit.Microsecond), [0, null, 86_399_999],
            [0L, null, 86_399_999_000L]),
        ["time64 us"] = Same(new TimeType(TimeUnit.Microsecond), "TIME", 0L, null, 86_399_999_999L),
        ["time64 ns"] = Same(new TimeType(TimeUnit.Nanosecond), "TIME_NS", 0L, null, 86_399_999_999_999L),
        ["timestamp s"] = Same(new TimestampType(TimeUnit.Second, null), "TIMESTAMP_S", 0L, null, -1L, 253_402_300_799L),
        ["timestamp ms"] = Same(new TimestampType(TimeUnit.Millisecond, null), "TIMESTAMP_MS", 0L, null, -1L, 253_402_300_799_999L),
        ["timestamp us"] = Same(new TimestampType(TimeUnit.Microsecond, null), "TIMESTAMP", 0L, null, -1L, 253_402_300_799_999_999L),
        ["timestamp ns"] = Same(new TimestampType(TimeUnit.Nanosecond, null), "TIMESTAMP_NS", 0L, null, -1L, long.MaxValue - 1),
        ["timestamp s with zone"] = (new TimestampType(TimeUnit.Second, "Europe/Berlin"), "TIMESTAMP WITH TIME ZONE", ArrowTypes.TimestampMicrosUtc,
            [1L, null, -1L], [1_000_000L, null, -1_000_000L]),
        ["timestamp ms with zone"] = (new TimestampType(TimeUnit.Millisecond, "UTC"), "TIMESTAMP WITH TIME ZONE", ArrowTypes.TimestampMicrosUtc,
            [1L, null, -1L], [1000L, null, -1000L]),
        ["timestamp us with zone"] = (new TimestampType(TimeUnit.Microsecond, "+02:00"), "TIMESTAMP WITH TIME ZONE", ArrowTypes.TimestampMicrosUtc,
            [1L, null, -1L], null),
        ["timestamp ns with zone"] = (new TimestampType(TimeUnit.Nanosecond, "UTC"), "TIMESTAMP_NS", new TimestampType(TimeUnit.Nanosecond, null),
            [1L, null, -1L], null),
        ["duration s"] = Interval(new DurationType(TimeUnit.Second), [5L, null, -5L], (0, 0, 5_000_000_000), (0, 0, -5_000_000_000)),
        ["duration ms"] = Interval(new DurationType(TimeUnit.Millisecond), [5L, null, -5L], (0, 0, 5_000_000), (0, 0, -5_000_000)),
        ["duration us"] = Interval(new DurationType(TimeUnit.Microsecond), [5L, null, -5L], (0, 0, 5000), (0, 0, -5000)),
        ["duration ns"] = (new DurationType(TimeUnit.Nanosecond), "BIGINT", ArrowTypes.Int64, [5L, null, long.MinValue], null),
        ["interval year_month"] = Interval(new IntervalType(IntervalUnit.YearMonth),
            [new IntervalValue(14, 0, 0), null, new IntervalValue(-1, 0, 0)], (14, 0, 0), (-1, 0, 0)),
        ["interval day_time"] = Interval(new IntervalType(IntervalUnit.DayTime),
            [new IntervalValue(0, 3, 7_000_000), null, new IntervalValue(0, -1, -1_000_000)], (0, 3, 7_000_000), (0, -1, -1_000_000)),
        ["interval month_day_nano"] = Interval(new IntervalType(IntervalUnit.MonthDayNano),
            [new IntervalValue(1, 2, 3000), null, new IntervalValue(-1, -2, -3000)], (1, 2, 3000), (-1, -2, -3000)),
        ["list"] = Same(new ListType(Item), "INTEGER[]", new object?[] { 1, null, 3 }, null, Array.Empty<object?>(), new object?[] { 4 }),
        ["large_list"] = (new LargeListType(Item), "INTEGER[]", new ListType(Item), [new object?[] { 1, null }, null, Array.Empty<object?>()], null),
        ["fixed_size_list"] = Same(new FixedSizeListType(Item, 2), "INTEGER[2]", new object?[] { 1, null }, null, new object?[] { 3, 4 }),
        ["struct"] = Same(
            new StructType([new Field("a", ArrowTypes.Int64), new Field("b \"x\"", ArrowTypes.Utf8)]),
            "STRUCT(a BIGINT, \"b \"\"x\"\"\" VARCHAR)",
            new object?[] { 1L, "a text longer than twelve" }, null, new object?[] { null, null }),
        ["list of list of text"] = Same(
            new ListType(new Field("item", new ListType(new Field("item", ArrowTypes.Utf8)))),
            "VARCHAR[][]",
            new object?[] { new object?[] { "x", null, "a text longer than twelve" }, null, Array.Empty<object?>() }, null),
        ["map"] = Same(
            new MapType(new Field("entries", new StructType([new Field("key", ArrowTypes.Utf8, false), new Field("value", ArrowTypes.Int32)]),
                false), false),
            "MAP(VARCHAR, INTEGER)",
            new KeyValuePair<object, object?>[] { new("a", 1), new("b", null) }, null, Array.Empty<KeyValuePair<object, object?>>()),
        ["dictionary"] = (new DictionaryType(ArrowTypes.Int8, ArrowTypes.Utf8, false), "VARCHAR", ArrowTypes.Utf8,
            ["a", null, "a text longer than twelve", "a"], null),
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Values_leave_as_they_came(string name)
    {
        (ArrowType type, string sql, ArrowType result, object?[] values, object?[]? expected) = All[name];
        string stream = await CreateAsync(type, values);
        Assert.Equal(sql, StreamSqlMapping.Describe(fixture.Storage.Describe(stream).Schema)[0].SqlType);
        Assert.Equal(sql, await fixture.Engine.OneAsync($"SELECT DISTINCT typeof(c) FROM {stream}"));

        await using QueryResult rows = await fixture.Engine.ExecuteAsync($"SELECT c FROM {stream} ORDER BY _offset");
        Assert.Equal(result, rows.Schema.Fields[0].Type);
        List<object?> read = [];
        await foreach (RecordBatch batch in rows.ReadAllAsync())
            read.AddRange(Enumerable.Range(0, batch.RowCount).Select(i => ArrayReader.GetValue(batch.Columns[0], i)));
        Assert.Equal(expected ?? values, read);

        // Once more behind an operator that copies rows, and only the rows that are null.
        Assert.Equal(values.Count(v => v is null).ToString(),
            await fixture.Engine.OneAsync($"SELECT count(*) FROM (SELECT c FROM {stream} ORDER BY _offset DESC) WHERE c IS NULL"));
    }

    [Theory]
    [InlineData("decimal of more digits than 38")]
    [InlineData("struct without fields")]
    [InlineData("struct of names that differ in case")]
    [InlineData("list of length 0")]
    [InlineData("list of decimals of more digits than 38")]
    public async Task Types_that_sql_cannot_hold_are_left_out_of_the_view_and_described(string name)
    {
        ArrowType type = name switch
        {
            "decimal of more digits than 38" => new DecimalType(39, 0, 256),
            "struct without fields" => new StructType([]),
            "struct of names that differ in case" => new StructType([new Field("a", ArrowTypes.Int32), new Field("A", ArrowTypes.Int32)]),
            "list of length 0" => new FixedSizeListType(Item, 0),
            _ => new ListType(new Field("item", new DecimalType(50, 2, 256))),
        };
        string stream = $"t{Interlocked.Increment(ref s_streams)}";
        await fixture.Storage.CreateStreamAsync(stream, new Schema([new Field("a", ArrowTypes.Int32), new Field("c", type)]));
        SqlColumn column = StreamSqlMapping.Describe(fixture.Storage.Describe(stream).Schema)[1];
        Assert.Null(column.SqlType);
        Assert.False(string.IsNullOrEmpty(column.Problem));
        Assert.Equal(["a", "_offset", "_time"], await fixture.Engine.ReadAsync($"SELECT column_name FROM (DESCRIBE {stream})"));
    }

    [Fact]
    public async Task A_value_that_its_sql_type_cannot_hold_is_named_and_never_changed()
    {
        string nanos = await CreateAsync(new IntervalType(IntervalUnit.MonthDayNano), [new IntervalValue(0, 0, 1)]);
        QueryException error = await fixture.Engine.FailAsync($"SELECT * FROM {nanos}");
        Assert.Equal(QueryErrorCode.InvalidValue, error.Code);
        Assert.Contains($"stream '{nanos}', column 'c', offsets 0 to 0", error.Message, StringComparison.Ordinal);
        Assert.Equal("1", await fixture.Engine.OneAsync($"SELECT count(*) FROM {nanos}"));

        string seconds = await CreateAsync(new TimestampType(TimeUnit.Second, "UTC"), [long.MaxValue]);
        Assert.Equal(QueryErrorCode.InvalidValue, (await fixture.Engine.FailAsync($"SELECT c FROM {seconds}")).Code);
        string duration = await CreateAsync(new DurationType(TimeUnit.Second), [long.MinValue]);
        Assert.Equal(QueryErrorCode.InvalidValue, (await fixture.Engine.FailAsync($"SELECT c FROM {duration}")).Code);
    }

    [Fact]
    public async Task Sums_of_integers_leave_as_decimals_and_too_large_ones_are_refused()
    {
        string stream = await CreateAsync(ArrowTypes.Int64, [long.MaxValue, long.MaxValue]);
        await using QueryResult result = await fixture.Engine.ExecuteAsync($"SELECT sum(c) FROM {stream}");
        Assert.Equal(new DecimalType(38, 0, 128), result.Schema.Fields[0].Type);
        Assert.Equal((2 * (BigInteger)long.MaxValue).ToString(), await fixture.Engine.OneAsync($"SELECT sum(c) FROM {stream}"));
        Assert.Equal(QueryErrorCode.InvalidValue, (await fixture.Engine.FailAsync("SELECT 170141183460469231731687303715884105727::HUGEINT")).Code);
    }

    [Theory]
    [InlineData("SELECT '12:00:00+02'::TIMETZ", "TIME WITH TIME ZONE")]
    [InlineData("SELECT '101'::BIT", "BIT")]
    [InlineData("SELECT [union_value(a := 1)]", "UNION")]
    [InlineData("SELECT 1::BIGNUM", "BIGNUM")]
    public async Task Types_that_arrow_cannot_hold_are_refused_by_name(string sql, string type)
    {
        QueryException error = await fixture.Engine.FailAsync(sql);
        Assert.Equal(QueryErrorCode.Unsupported, error.Code);
        Assert.Contains(type, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SELECT 'a'::ENUM ('a', 'b')", "a")]
    [InlineData("SELECT 'c3b4a5d6-0001-0203-0405-ffffffffffff'::UUID", "c3b4a5d6-0001-0203-0405-ffffffffffff")]
    [InlineData("SELECT '00000000-0000-0000-0000-000000000001'::UUID", "00000000-0000-0000-0000-000000000001")]
    [InlineData("SELECT '{\"a\": 1}'::JSON", "{\"a\": 1}")]
    [InlineData("SELECT NULL", "null")]
    [InlineData("SELECT 18446744073709551616::UHUGEINT", "18446744073709551616")]
    [InlineData("SELECT INTERVAL '1 month 2 days 3 seconds'", "P1M2DT3S")]
    [InlineData("SELECT 1.50::DECIMAL(4,2)", "1.50")]
    public async Task Other_types_leave_as_text_or_number(string sql, string expected) => Assert.Equal(expected, await fixture.Engine.OneAsync(sql));

    private async Task<string> CreateAsync(ArrowType type, object?[] values)
    {
        string stream = $"t{Interlocked.Increment(ref s_streams)}";
        await fixture.CreateAsync(stream, TestArrays.Batch(("c", type, values)));
        return stream;
    }

    private static (ArrowType, string, ArrowType, object?[], object?[]?) Same(ArrowType type, string sql, params object?[] values) =>
        (type, sql, type, values, null);

    private static (ArrowType, string, ArrowType, object?[], object?[]?) Wider(
        DecimalType type, string sql, int digits, int scale, params string?[] values)
    {
        var result = new DecimalType(digits, scale, 128);
        object?[] Parse(DecimalType as_) => [.. TestValues(as_, values)];
        return (type, sql, result, Parse(type), Parse(result));
    }

    private static IEnumerable<object?> TestValues(DecimalType type, string?[] values)
    {
        ArrayData array = TestArrays.Build(type, values);
        return Enumerable.Range(0, values.Length).Select(i => ArrayReader.GetValue(array, i));
    }

    private static (ArrowType, string, ArrowType, object?[], object?[]?) Interval(
        ArrowType type, object?[] values, params (int Months, int Days, long Nanos)[] expected) =>
        (type, "INTERVAL", new IntervalType(IntervalUnit.MonthDayNano), values,
            [new IntervalValue(expected[0].Months, expected[0].Days, expected[0].Nanos), null,
                new IntervalValue(expected[1].Months, expected[1].Days, expected[1].Nanos)]);
}
