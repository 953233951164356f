using Varve.Arrow.Builders;
using Varve.Arrow.Tests.Model;
using Varve.Arrow.Validation;
using Varve.Arrow.Values;
using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Arrow.Tests.Builders;

public class ArrayBuilderTests(ITestOutputHelper output)
{
    [Fact]
    public void Every_type_gives_back_what_was_appended()
    {
        Random random = new(TestSeed.Next(output.WriteLine));
        IEnumerable<ArrowType> types = [.. RandomTypes.Flat, .. Enumerable.Range(0, 200).Select(_ => RandomTypes.Next(random))];
        foreach (ArrowType type in types)
        {
            Field field = new("c", type);
            object?[] rows = RandomValues.Rows(random, field, random.Next(100));
            ArrayData array = RandomValues.Array(random, field, rows);
            PlainRows.AssertEqual(rows, array);
            ArrayValidation.Validate(field, array);
        }
    }

    [Fact]
    public void A_batch_is_built_by_rows_or_by_columns()
    {
        Schema schema = new([
            new Field("id", ArrowTypes.Int64, false), new Field("name", ArrowTypes.Utf8), new Field("price", new DecimalType(10, 2, 128)),
            new Field("at", ArrowTypes.TimestampMicrosUtc), new Field("tags", new ListType(new Field("item", ArrowTypes.Utf8)))]);
        RecordBatchBuilder builder = new(schema);
        builder
            .AppendRow(1, "one", 1.5m, DateTimeOffset.UnixEpoch.AddSeconds(1), new[] { "a", null })
            .AppendRow(2L, null, "-0.05", "1970-01-02T01:00:00+01:00", null);
        builder.Column<Int64Builder>("id").Append(3);
        builder.Column<Utf8Builder>("name").Append("drei"u8);
        builder.Column<DecimalBuilder>("price").Append(12m);
        builder.Column<TimestampBuilder>("at").AppendNull();
        ListBuilder tags = builder.Column<ListBuilder>("tags");
        ((Utf8Builder)tags.Elements).Append("x");
        tags.EndList();

        RecordBatch batch = builder.Build();
        Assert.Equal(3, batch.RowCount);
        PlainRows.AssertEqual([1L, 2L, 3L], batch.Columns[0]);
        PlainRows.AssertEqual(["one", null, "drei"], batch.Columns[1]);
        PlainRows.AssertEqual([new DecimalValue(150, 2), new DecimalValue(-5, 2), new DecimalValue(1200, 2)], batch.Columns[2]);
        PlainRows.AssertEqual([1_000_000L, 86_400_000_000L, null], batch.Columns[3]);
        PlainRows.AssertEqual([new object?[] { "a", null }, null, new object?[] { "x" }], batch.Columns[4]);
        Assert.Equal(0, builder.Build().RowCount);
    }

    [Fact]
    public void Structs_and_maps_are_built_from_parts_or_from_objects()
    {
        StructType type = new([new Field("a", ArrowTypes.Int32), new Field("b", ArrowTypes.Utf8)]);
        StructBuilder structs = new(type);
        ((Int32Builder)structs.Fields[0]).Append(1);
        ((Utf8Builder)structs.Fields[1]).Append("x");
        structs.EndStruct();
        structs.AppendValue(new Dictionary<string, object?> { ["b"] = "y" });
        PlainRows.AssertEqual([new object?[] { 1, "x" }, new object?[] { null, "y" }], structs.Build());

        MapBuilder maps = new((MapType)TypeNames.Parse("map<utf8, int32>"));
        ((Utf8Builder)maps.Keys).Append("k");
        maps.Values.AppendNull();
        maps.EndMap();
        maps.AppendValue(new Dictionary<string, int> { ["one"] = 1 });
        KeyValuePair<object, object?>[][] expected = [[new("k", null)], [new("one", 1)]];
        PlainRows.AssertEqual(expected, maps.Build());
    }

    [Fact]
    public void Values_that_do_not_fit_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new Int8Builder().AppendValue(128));
        new Int8Builder().AppendValue(127);
        Assert.Throws<ArgumentException>(() => new Int64Builder().AppendValue("1"));
        Assert.Throws<ArgumentException>(() => new Int64Builder().AppendValue(1.5));
        Assert.Throws<ArgumentException>(() => new DecimalBuilder(new DecimalType(3, 1, 32)).Append(100m));
        new DecimalBuilder(new DecimalType(3, 1, 32)).Append(99.9m);
        Assert.Throws<ArgumentException>(() => new DecimalBuilder(new DecimalType(3, 1, 32)).Append(0.25m));
        Assert.ThrowsAny<ArgumentException>(() => new Utf8Builder().Append("\ud800"));
        Assert.Throws<ArgumentException>(() => new Utf8Builder().Append([0xC3]));
        Assert.Throws<ArgumentException>(() => new FixedSizeBinaryBuilder(new FixedSizeBinaryType(2)).Append([1]));
        Assert.Throws<ArgumentException>(() => new TimestampBuilder(new TimestampType(TimeUnit.Second, null)).Append(DateTimeOffset.UnixEpoch));
        Assert.Throws<ArgumentException>(() => new TimestampBuilder(new TimestampType(TimeUnit.Nanosecond, "UTC")).Append(DateTimeOffset.MaxValue));
        Assert.Throws<ArgumentException>(() => new DateBuilder(ArrowTypes.Date32).Append(1L << 31));
        Assert.Throws<ArgumentException>(() => new IntervalBuilder(new IntervalType(IntervalUnit.YearMonth)).Append(new IntervalValue(1, 1, 0)));
        Assert.Throws<InvalidOperationException>(() => new ListBuilder(new FixedSizeListType(new Field("item", ArrowTypes.Int8), 2)).EndList());
        Assert.Throws<InvalidOperationException>(() => new StructBuilder(new StructType([new Field("a", ArrowTypes.Int8)])).EndStruct());
        RecordBatchBuilder batch = new(new Schema([new Field("a", ArrowTypes.Int8), new Field("b", ArrowTypes.Int8)]));
        batch.Columns[0].AppendNull();
        Assert.Contains("'b'", Assert.Throws<InvalidOperationException>(() => batch.Build()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Dotnet_times_are_rounded_down_to_the_unit()
    {
        TimestampBuilder seconds = new(new TimestampType(TimeUnit.Second, "UTC"));
        seconds.Append(DateTimeOffset.UnixEpoch.AddMilliseconds(-1));
        seconds.Append(new DateTimeOffset(1970, 1, 1, 1, 0, 1, TimeSpan.FromHours(1)));
        PlainRows.AssertEqual([-1L, 1L], seconds.Build());
        TimestampBuilder nanoseconds = new(new TimestampType(TimeUnit.Nanosecond, null));
        nanoseconds.Append(DateTime.UnixEpoch.AddTicks(3));
        PlainRows.AssertEqual([300L], nanoseconds.Build());
        DateBuilder dates = new(ArrowTypes.Date64);
        dates.Append(new DateOnly(1970, 1, 2));
        PlainRows.AssertEqual([86_400_000L], dates.Build());
    }
}
