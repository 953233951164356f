using System.Numerics;
using Varve.Arrow;
using Varve.Arrow.Values;
using Varve.Storage.Segments;
using Varve.Storage.Segments.Ordering;
using Varve.Storage.Tests.Segments.Sealing;
using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Storage.Tests.Segments.Ordering;

public class RowOrderTests(ITestOutputHelper output)
{
    [Fact]
    public void Rows_are_in_the_order_of_their_columns_and_else_as_they_were()
    {
        Random random = new(TestSeed.Next(output.WriteLine));
        for (int run = 0; run < 150; run++)
        {
            ArrowType[] types = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => AnyType(random))];
            Schema schema = new([.. types.Select((type, i) => new Field("c" + i, type))]);
            object?[][] rows = [.. Enumerable.Range(0, random.Next(1, 400)).Select(_ => types.Select(type => AnyValue(random, type)).ToArray())];
            SegmentSource source = new BatchSource(Cut(random, schema, rows));
            int[] columns = [.. Enumerable.Range(0, types.Length).OrderBy(_ => random.Next()).Take(random.Next(1, types.Length + 1))];

            int[] order = RowOrder.AsIs(source);
            RowOrder.Sort(order, source, columns);

            IOrderedEnumerable<int> expected = Enumerable.Range(0, rows.Length).OrderBy(_ => 0);
            foreach (int column in columns)
                expected = expected.ThenBy(row => rows[row][column], Comparer<object?>.Create(Compare));
            Assert.Equal(expected.ToArray(), order);
        }
    }

    [Fact]
    public void Long_texts_that_begin_alike_are_told_apart_by_what_follows()
    {
        string shared = new('x', 1_000);
        string[] texts =
        [
            shared + "b", shared, shared + "\0", shared + "a" + shared, "", shared + "a", "\0", shared[1..], shared + "a" + shared + "1",
        ];
        Schema schema = new([new Field("t", ArrowTypes.Utf8)]);
        SegmentSource source = new BatchSource([Rows.Batch(schema, [.. texts.Select(t => new object?[] { t })])]);
        int[] order = RowOrder.AsIs(source);
        RowOrder.Sort(order, source, [0]);
        Assert.Equal(texts.Order(StringComparer.Ordinal), order.Select(row => texts[row]));
    }

    [Fact]
    public void Reals_have_one_zero_and_NaN_comes_last()
    {
        double[] reals = [double.NaN, 1, -0.0, double.NegativeInfinity, 0.0, double.PositiveInfinity, -1, double.Epsilon, -double.NaN, -0.0];
        Schema schema = new([new Field("r", ArrowTypes.Float64)]);
        SegmentSource source = new BatchSource([Rows.Batch(schema, [.. reals.Select(r => new object?[] { r }), [null]])]);
        int[] order = RowOrder.AsIs(source);
        RowOrder.Sort(order, source, [0]);
        Assert.Equal([10, 3, 6, 2, 4, 9, 7, 1, 5, 0, 8], order);
    }

    [Fact]
    public void Offsets_put_rows_back_and_those_that_do_not_fit_are_damage()
    {
        Schema schema = new([new Field("n", ArrowTypes.Int64)]);
        RecordBatch[] blocks = [Rows.Batch(schema, [1L], [2L], [3L]), Rows.Batch(schema, [4L], [5L])];
        BatchSource whole = new(blocks, [OffsetColumn.Of(100, [3, 1, 4]), OffsetColumn.Of(100, [0, 2])], 100);
        Assert.Equal([3, 1, 4, 0, 2], RowOrder.ByOffset(whole));
        foreach (int[] last in (int[][])[[0, 1], [0, 5], [0, -1]])
        {
            StorageException damage = Assert.Throws<StorageException>(
                () => RowOrder.ByOffset(new BatchSource(blocks, [OffsetColumn.Of(100, [3, 1, 4]), OffsetColumn.Of(100, last)], 100)));
            Assert.Equal(StorageErrorCode.Corruption, damage.Code);
        }
    }

    private static List<RecordBatch> Cut(Random random, Schema schema, object?[][] rows)
    {
        List<RecordBatch> blocks = [];
        for (int start = 0; start < rows.Length;)
        {
            int count = random.Next(1, Math.Min(200, rows.Length - start) + 1);
            blocks.Add(Rows.Batch(schema, rows.AsSpan(start, count)));
            start += count;
        }

        return blocks;
    }

    private static ArrowType AnyType(Random random) => random.Next(14) switch
    {
        0 => ArrowTypes.Int8,
        1 => ArrowTypes.Int64,
        2 => ArrowTypes.UInt64,
        3 => ArrowTypes.Float32,
        4 => ArrowTypes.Float64,
        5 => ArrowTypes.Boolean,
        6 => ArrowTypes.Utf8,
        7 => new BinaryType(),
        8 => new LargeUtf8Type(),
        9 => new Utf8ViewType(),
        10 => new FixedSizeBinaryType(9),
        11 => new DecimalType(38, 2, 128),
        12 => new DecimalType(60, 0, 256),
        _ => ArrowTypes.UInt16,
    };

    private static object? AnyValue(Random random, ArrowType type)
    {
        if (random.Next(6) == 0)
            return null;
        int small = random.Next(-4, 5);
        bool isWide = random.Next(3) == 0;
        return type switch
        {
            IntegerType { BitWidth: 8 } => (sbyte)random.Next(-128, 128),
            IntegerType { BitWidth: 16 } => (ushort)random.Next(0, 65_536),
            IntegerType { IsSigned: true } => isWide ? random.NextInt64(long.MinValue, long.MaxValue) : small,
            IntegerType => isWide ? (ulong)random.NextInt64(long.MinValue, long.MaxValue) : (ulong)(small + 4),
            FloatType { BitWidth: 32 } => isWide ? (float)(random.NextDouble() * 1e30) - 5e29f : small / 2f,
            FloatType => isWide ? random.NextDouble() - 0.5 : small / 2.0,
            BooleanType => small > 0,
            FixedSizeBinaryType => Text(random, small, isWide).PadRight(9, 'z')[..9].Select(c => (byte)c).ToArray(),
            BinaryType => System.Text.Encoding.UTF8.GetBytes(Text(random, small, isWide)),
            DecimalType { Scale: var scale } => new DecimalValue(isWide ? BigInteger.Pow(small, random.Next(1, 30)) : small, scale),
            _ => Text(random, small, isWide),
        };
    }

    private static string Text(Random random, int small, bool isWide) =>
        isWide ? new string('a', random.Next(0, 20)) + (char)('a' + random.Next(26)) : "prefix " + small;

    private static int Compare(object? left, object? right) => (left, right) switch
    {
        (null, _) or (_, null) => (left is null ? 0 : 1) - (right is null ? 0 : 1),
        (string l, string r) => string.CompareOrdinal(l, r),
        (byte[] l, byte[] r) => l.AsSpan().SequenceCompareTo(r),
        (DecimalValue l, DecimalValue r) => l.Unscaled.CompareTo(r.Unscaled),
        _ => Comparer<object>.Default.Compare(left, right),
    };
}
