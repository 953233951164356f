using Varve.Arrow;
using Varve.Storage.Streams;

namespace Varve.Storage.Tests.Streams;

public class RowSizeTests
{
    public static TheoryData<ArrowType, object?[], long> Sizes => new()
    {
        { ArrowTypes.Int64, [1L, 2L, 3L], 24 },
        { ArrowTypes.Int64, [1L, null, 3L], 25 },
        { ArrowTypes.Boolean, [true, false, true], 1 },
        { ArrowTypes.Null, [null, null], 2 },
        { ArrowTypes.Utf8, ["ab", "", "cde"], 12 + 5 },
        { ArrowTypes.LargeUtf8, ["ab"], 8 + 2 },
        { ArrowTypes.Utf8View, ["short", "a text that is not inline"], 32 + 25 },
        { new ListType(new Field("item", ArrowTypes.Int16)), [new object?[] { (short)1, (short)2 }, Array.Empty<object?>()], 8 + 4 },
        { new FixedSizeListType(new Field("item", ArrowTypes.Int16), 3), [new object?[] { (short)1, (short)2, (short)3 }], 6 },
        { new FixedSizeListType(new Field("item", ArrowTypes.Int16), 0), [Array.Empty<object?>(), Array.Empty<object?>()], 2 },
        { new StructType([]), [Array.Empty<object?>(), Array.Empty<object?>()], 2 },
        { new StructType([new Field("a", ArrowTypes.Int8), new Field("b", ArrowTypes.Utf8)]), [new object?[] { (sbyte)1, "xyz" }], 1 + 4 + 3 },
        { new DictionaryType(ArrowTypes.Int8, ArrowTypes.Utf8, false), ["abcd", "abcd", null], 1 + (2 * (4 + 4)) + 4 },
    };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Rows_weigh_what_a_stream_keeps_of_them(ArrowType type, object?[] values, long expected)
    {
        RecordBatch batch = Rows.Batch(new Schema([new Field("c", type)]), [.. values.Select(v => new[] { v })]);
        Assert.Equal(expected, RowSize.Of(batch.Columns[0], 0, batch.RowCount));
        Assert.Equal(expected + (8 * values.Length), RowSize.Of(batch, 0, batch.RowCount));
    }

    [Fact]
    public void Ranges_add_up_to_the_whole()
    {
        RecordBatch batch = Rows.Range(0, 100);
        long sum = RowSize.Of(batch, 0, 40) + RowSize.Of(batch, 40, 40) + RowSize.Of(batch, 80, 20);
        Assert.InRange(sum - RowSize.Of(batch, 0, 100), 0, 3);
        RecordBatch slice = batch.Slice(13, 40);
        Assert.Equal(RowSize.Of(batch, 23, 10), RowSize.Of(slice, 10, 10));
    }
}
