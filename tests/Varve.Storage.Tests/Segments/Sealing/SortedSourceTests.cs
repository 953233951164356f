using Varve.Arrow;
using Varve.Arrow.Values;
using Varve.Storage.Segments;
using Varve.Storage.Segments.Ordering;
using Varve.Storage.Segments.Sealing;
using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Storage.Tests.Segments.Sealing;

public class SortedSourceTests(ITestOutputHelper output)
{
    private static readonly Schema Schema = Rows.Schema;

    [Fact]
    public void Rows_come_in_the_order_given_with_their_offsets()
    {
        Random random = new(TestSeed.Next(output.WriteLine));
        for (int run = 0; run < 50; run++)
        {
            (SegmentSource source, int count) = AnySource(random);
            int[] order = [.. Enumerable.Range(0, count).OrderBy(_ => random.Next())];
            SortedSource sorted = new(source, order, AnyCut(random, count), keepsOffsets: true);
            Assert.Equal(order.Select(row => (object?)(long)row), Values(sorted, 0));
            Assert.Equal(order.Select(row => row % 5 == 0 ? null : "text " + row), Values(sorted, 1));
            Assert.Equal(
                order.Select(row => 700L + row),
                Enumerable.Range(0, sorted.BlockCount).SelectMany(block => OffsetColumn.Values(sorted.Offsets(block)!).ToArray()));
        }
    }

    [Fact]
    public void Rows_are_cut_anew_as_they_are()
    {
        Random random = new(TestSeed.Next(output.WriteLine));
        for (int run = 0; run < 50; run++)
        {
            (SegmentSource source, int count) = AnySource(random);
            RecutSource cut = new(source, AnyCut(random, count));
            Assert.Equal(Enumerable.Range(0, count).Select(row => (object?)(long)row), Values(cut, 0));
            Assert.Equal(Enumerable.Range(0, count).Select(row => row % 5 == 0 ? null : "text " + row), Values(cut, 1));
            Assert.Null(cut.Offsets(0));
        }
    }

    [Fact]
    public void Dictionaries_of_several_segments_are_written_out()
    {
        Schema schema = new([new Field("t", new DictionaryType(ArrowTypes.Int32, ArrowTypes.Utf8, IsOrdered: false))]);
        ArrayData Coded(string[] values, int[] codes) => new(
            schema.Fields[0].Type,
            codes.Length,
            0,
            [default, codes.SelectMany(BitConverter.GetBytes).ToArray()],
            dictionary: Rows.Batch(new Schema([new Field("t", ArrowTypes.Utf8)]), [.. values.Select(v => new object?[] { v })]).Columns[0]);
        BatchSource source = new([
            new RecordBatch(schema, 3, [Coded(["a", "b"], [1, 0, 1])]),
            new RecordBatch(schema, 2, [Coded(["b", "c"], [1, 0])])]);
        Assert.Equal<object?>(["c", "a", "b", "b", "b"], Values(new SortedSource(source, [3, 1, 4, 0, 2], [2, 3], keepsOffsets: true), 0));
        Assert.Equal<object?>(["b", "a", "b", "c", "b"], Values(new RecutSource(source, [4, 1]), 0));
    }

    private static (SegmentSource Source, int Count) AnySource(Random random)
    {
        List<RecordBatch> blocks = [];
        int count = 0;
        for (int i = random.Next(1, 6); i > 0; i--)
        {
            int rows = random.Next(1, 100);
            blocks.Add(Rows.Range(count, rows));
            count += rows;
        }

        return (new BatchSource(blocks, firstOffset: 700), count);
    }

    private static int[] AnyCut(Random random, int count)
    {
        List<int> rows = [];
        for (int left = count; left > 0; left -= rows[^1])
            rows.Add(random.Next(1, left + 1));
        return [.. rows];
    }

    private static List<object?> Values(SegmentSource source, int field)
    {
        List<object?> values = [];
        for (int block = 0; block < source.BlockCount; block++)
        {
            ArrayData column = source.Column(field, block);
            Assert.Equal(source.RowCountOf(block), column.Length);
            for (int row = 0; row < column.Length; row++)
                values.Add(ArrayReader.GetValue(column, row));
        }

        return values;
    }
}
