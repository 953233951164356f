using Varve.Arrow.Builders;
using Varve.Arrow.Tests.Model;
using Varve.Arrow.Transform;
using Varve.Arrow.Values;
using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Arrow.Tests.Values;

public class ArrayEqualityTests(ITestOutputHelper output)
{
    [Fact]
    public void The_same_rows_are_equal_wherever_they_lie_and_one_changed_row_is_seen()
    {
        Random random = new(TestSeed.Next(output.WriteLine));
        IEnumerable<Field> nested = Enumerable.Range(0, 150).Select(_ => RandomTypes.NextField(random, "c"));
        IEnumerable<Field> fields = [.. RandomTypes.Flat.Select(t => new Field("c", t)), .. nested];
        foreach (Field field in fields)
        {
            object?[] rows = RandomValues.Rows(random, field, 1 + random.Next(30));
            ArrayData a = RandomValues.Array(random, field, rows);
            ArrayData b = RandomValues.Array(random, field, rows);
            Assert.True(ArrayEquality.Equals(a, b), field.ToString());
            Assert.True(ArrayEquality.Equals(a.Slice(1, rows.Length - 1), b.Slice(1, rows.Length - 1)));
            Assert.False(ArrayEquality.Equals(a, b.Slice(1, rows.Length - 1)));
            int changed = random.Next(rows.Length);
            object? value = RandomValues.Rows(random, field, 1)[0];
            if (PlainRows.AreEqual(value, rows[changed]))
                continue;
            ArrayData c = RandomValues.Array(random, field, [.. rows[..changed], value, .. rows[(changed + 1)..]]);
            Assert.False(ArrayEquality.Equals(a, c), $"{field}: {PlainRows.Show(rows[changed])} and {PlainRows.Show(value)}");
        }
    }

    [Fact]
    public void Floats_are_compared_by_bits()
    {
        Assert.True(ArrayEquality.Equals(Doubles(double.NaN), Doubles(double.NaN)));
        Assert.False(ArrayEquality.Equals(Doubles(0.0), Doubles(-0.0)));
    }

    [Fact]
    public void Types_differ_by_parameters_but_not_by_names_of_children()
    {
        ArrayData seconds = ColumnAppender.Nulls(new TimestampType(TimeUnit.Second, null), 1);
        Assert.False(ArrayEquality.Equals(seconds, ColumnAppender.Nulls(new TimestampType(TimeUnit.Millisecond, null), 1)));
        ArrayData item = ColumnAppender.Nulls(new ListType(new Field("item", ArrowTypes.Int8)), 1);
        Assert.True(ArrayEquality.Equals(item, ColumnAppender.Nulls(new ListType(new Field("element", ArrowTypes.Int8, false)), 1)));
        Assert.False(ArrayEquality.Equals(item, ColumnAppender.Nulls(new ListType(new Field("item", ArrowTypes.Int16)), 1)));
    }

    [Fact]
    public void Dictionaries_are_equal_by_what_they_mean()
    {
        DictionaryType type = new(ArrowTypes.Int8, ArrowTypes.Utf8, false);
        Assert.True(ArrayEquality.Equals(Coded("x", "a", "b").Slice(1, 2), Coded("a", "b")));
        Assert.False(ArrayEquality.Equals(Coded("a", "b"), Coded("b", "a")));
        Assert.Equal(type, Coded("a").Type);

        ArrayData Coded(params string[] values)
        {
            DictionaryBuilder builder = new(type);
            foreach (string value in values)
                builder.Append(value);
            return builder.Build();
        }
    }

    [Fact]
    public void Size_counts_the_rows_and_not_the_buffers()
    {
        Random random = new(TestSeed.Next(output.WriteLine));
        foreach (ArrowType type in (IEnumerable<ArrowType>)[.. RandomTypes.Flat, .. Enumerable.Range(0, 100).Select(_ => RandomTypes.Next(random))])
        {
            Field field = new("c", type);
            object?[] rows = RandomValues.Rows(random, field, random.Next(1, 40));
            ArrayData array = RandomValues.Array(random, field, rows);
            ArrayData copy = ArrayTake.Take(array, [.. Enumerable.Range(0, rows.Length)]);
            Assert.Equal(ArraySize.Bytes(copy), ArraySize.Bytes(array));
        }

        Utf8Builder texts = new();
        texts.Append("abc");
        texts.Append("defgh");
        Assert.Equal((3 * 4) + 8, ArraySize.Bytes(texts.Build()));
        Assert.Equal(1 + 16, ArraySize.Bytes(ColumnAppender.Nulls(ArrowTypes.Int64, 2)));
    }

    private static ArrayData Doubles(double value)
    {
        Float64Builder builder = new();
        builder.Append(value);
        return builder.Build();
    }
}
