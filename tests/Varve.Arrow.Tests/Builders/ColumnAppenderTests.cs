using System.Runtime.InteropServices;
using System.Text;
using Varve.Arrow.Builders;

namespace Varve.Arrow.Tests.Builders;

public class ColumnAppenderTests
{
    [Fact]
    public void A_snapshot_keeps_its_rows_while_more_are_appended()
    {
        ColumnAppender column = ColumnAppender.Create(ArrowTypes.Int64);
        column.Append(Int64s(1, 2, null));
        ArrayData early = column.Snapshot(3);
        for (int i = 0; i < 1000; i++)
            column.Append(Int64s(i, null, i + 1));

        Assert.Equal(3003, column.Length);
        Assert.Equal([1, 2, null], Int64s(early));
        Assert.Equal(1, early.NullCount);
        ArrayData late = column.Snapshot(3003);
        Assert.Equal(1001, late.NullCount);
        Assert.Equal([1, 2, null, 0, null, 1, 1, null, 2], Int64s(late)[..9]);
    }

    [Fact]
    public void A_column_without_nulls_has_no_validity_and_gets_it_with_the_first_null()
    {
        ColumnAppender column = ColumnAppender.Create(ArrowTypes.Int64);
        column.Append(Int64s([.. Enumerable.Range(0, 100).Select(i => (long?)i)]));
        Assert.True(column.Snapshot(100).Validity.IsEmpty);
        column.AppendNulls(2);
        Assert.True(column.Snapshot(100).Validity.IsEmpty);
        ArrayData all = column.Snapshot(102);
        Assert.Equal(2, all.NullCount);
        Assert.False(all.IsNull(99));
        Assert.True(all.IsNull(100));
        Assert.True(all.IsNull(101));
    }

    [Fact]
    public void Text_offsets_are_rebased_from_any_slice()
    {
        ColumnAppender column = ColumnAppender.Create(ArrowTypes.Utf8);
        ArrayData source = Texts("zero", "one", "", "three", "four");
        column.Append(source.Slice(3, 2));
        column.AppendNulls(1);
        column.Append(source, 1, 2);
        ArrayData all = column.Snapshot(5);
        Assert.Equal<string?[]>(["three", "four", null, "one", ""], Texts(all));
        Assert.Equal("threefour", Encoding.UTF8.GetString(column.Snapshot(2).Buffers[2].Span));
    }

    [Fact]
    public void Lists_carry_their_elements_along()
    {
        ListType type = new(new Field("item", ArrowTypes.Int64));
        ArrayData source = new(type, 3, 0, [default, Bytes(0, 2, 2, 5)], [Int64s(1, 2, 3, 4, 5)]);
        ColumnAppender column = ColumnAppender.Create(type);
        column.Append(source.Slice(2, 1));
        column.AppendNulls(1);
        column.Append(source);
        ArrayData all = column.Snapshot(5);
        Assert.Equal([0, 3, 3, 5, 5, 8], MemoryMarshal.Cast<byte, int>(all.Buffers[1].Span).ToArray());
        Assert.Equal([3, 4, 5, 1, 2, 3, 4, 5], Int64s(all.Children[0]));
        Assert.Equal(3, column.Snapshot(2).Children[0].Length);
    }

    [Fact]
    public void Buffers_start_at_64_byte_addresses()
    {
        ColumnAppender column = ColumnAppender.Create(ArrowTypes.Int64);
        for (int i = 0; i < 200; i++)
        {
            column.Append(Int64s(i, null));
            foreach (ReadOnlyMemory<byte> buffer in column.Snapshot(column.Length).Buffers)
            {
                using System.Buffers.MemoryHandle pin = buffer.Pin();
                unsafe
                {
                    Assert.Equal(0u, (nuint)pin.Pointer % 64);
                }
            }
        }
    }

    [Fact]
    public void Few_rows_cost_little_and_the_hint_bounds_the_growth()
    {
        ColumnAppender column = ColumnAppender.Create(ArrowTypes.Int64, hintRows: 1000);
        column.Append(Int64s(1, 2, 3));
        Assert.InRange(column.AllocatedBytes, 24, 128);
        for (int i = 0; i < 300; i++)
            column.Append(Int64s(1, 2, 3));
        Assert.Equal(8000, column.AllocatedBytes);
    }

    [Fact]
    public void A_failed_append_leaves_the_column_as_it_was()
    {
        StructType type = new([new Field("a", ArrowTypes.Int64), new Field("b", ArrowTypes.Utf8)]);
        ArrayData good = new(type, 2, 0, [default], [Int64s(1, 2), Texts("x", "y")]);
        ArrayData damaged = new(type, 2, 0, [default], [Int64s(8, 9), new(ArrowTypes.Utf8, 2, 0, [default, Bytes(0, 1, 99), new byte[] { 1 }])]);
        ColumnAppender column = ColumnAppender.Create(type);
        column.Append(good);
        Assert.ThrowsAny<ArgumentException>(() => column.Append(damaged));
        column.Append(good);
        ArrayData all = column.Snapshot(4);
        Assert.Equal([1, 2, 1, 2], Int64s(all.Children[0]));
        Assert.Equal<string?[]>(["x", "y", "x", "y"], Texts(all.Children[1]));
    }

    [Fact]
    public void Another_type_and_dictionaries_are_refused_by_name()
    {
        ArgumentException other = Assert.Throws<ArgumentException>(() => ColumnAppender.Create(ArrowTypes.Utf8).Append(Int64s(1)));
        Assert.Contains("int64", other.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => ColumnAppender.Create(new DictionaryType(ArrowTypes.Int8, ArrowTypes.Utf8, false)));
    }

    [Fact]
    public void Rows_that_would_pass_two_gibibytes_are_refused_beforehand()
    {
        ColumnAppender text = ColumnAppender.Create(ArrowTypes.Utf8);
        text.Append(Texts("abc"));
        Assert.True(text.CanAppend(Reaching(int.MaxValue - 1000)));
        Assert.False(text.CanAppend(Reaching(int.MaxValue)));

        ColumnAppender wide = ColumnAppender.Create(new FixedSizeBinaryType(1 << 20));
        Assert.True(wide.CanAppendNulls(1024));
        Assert.False(wide.CanAppendNulls(2048));
        Assert.Throws<ArrowFormatException>(() => wide.AppendNulls(2048));

        // Only offsets are looked at, so the bytes need not be there.
        static ArrayData Reaching(int end) => new(ArrowTypes.Utf8, 1, 0, [default, Bytes(0, end), new byte[1]]);
    }

    [Fact]
    public async Task Readers_never_see_rows_change_while_a_writer_appends()
    {
        const int Rows = 200_000;
        StructType type = new([new Field("n", ArrowTypes.Int64), new Field("t", ArrowTypes.Utf8), new Field("b", ArrowTypes.Boolean)]);
        ColumnAppender column = ColumnAppender.Create(type);
        Task[] readers = [.. Enumerable.Range(0, 2).Select(_ => Task.Run(() => CheckWhileGrowing(column, Rows)))];
        for (int row = 0; row < Rows;)
        {
            int count = Math.Min(1 + (row % 7), Rows - row);
            long?[] numbers = [.. Enumerable.Range(row, count).Select(i => i % 3 == 0 ? null : (long?)i)];
            byte[] flags = new byte[2];
            for (int i = 0; i < count; i++)
                flags[i >> 3] |= (byte)((row + i) % 5 == 0 ? 1 << (i & 7) : 0);
            ArrayData booleans = new(ArrowTypes.Boolean, count, 0, [default, flags]);
            ArrayData texts = Texts([.. numbers.Select((n, i) => n is null ? null : $"row {row + i}")]);
            column.Append(new ArrayData(type, count, 0, [default], [Int64s(numbers), texts, booleans]));
            row += count;
        }

        await Task.WhenAll(readers);
    }

    /// <summary>The writer fills word after word of bits; the reader looks at nothing but the word that is being filled.</summary>
    [Fact]
    public async Task Bits_of_earlier_rows_stay_while_their_word_is_filled()
    {
        const int Rows = 1 << 20;
        ColumnAppender column = ColumnAppender.Create(ArrowTypes.Boolean);
        column.AppendNulls(64);
        ArrayData set = new(ArrowTypes.Boolean, 1, 0, [default, new byte[] { 1 }]);
        Task reader = Task.Run(() =>
        {
            for (int rows = 64; rows < Rows; rows = column.Length)
            {
                if (rows % 64 == 0)
                    continue;
                ArrayData array = column.Snapshot(rows);
                ulong expected = ulong.MaxValue >> (64 - (rows % 64));
                ulong values = MemoryMarshal.Cast<byte, ulong>(array.Buffers[1].Span)[rows / 64];
                ulong validity = MemoryMarshal.Cast<byte, ulong>(array.Validity)[rows / 64];
                if ((values & validity & expected) != expected)
                    Assert.Fail($"of {rows} rows bits changed: values {values:x16}, validity {validity:x16}");
            }
        });
        for (int row = 64; row < Rows; row++)
            column.Append(set);
        await reader;
    }

    private static void CheckWhileGrowing(ColumnAppender column, int rows)
    {
        int seen = 0;
        while (seen < rows)
        {
            int length = column.Length;
            ArrayData all = column.Snapshot(length);
            int from = Math.Max(0, length - 200);
            int nulls = 0;
            for (int i = 0; i < length; i++)
                nulls += i % 3 == 0 ? 1 : 0;
            Assert.Equal(nulls, all.Children[0].NullCount);
            ArrayData last = all.Children[0].Slice(from, length - from);
            Assert.Equal(Enumerable.Range(from, length - from).Select(i => i % 3 == 0 ? null : (long?)i), Int64s(last));
            Assert.Equal(
                Enumerable.Range(from, length - from).Select(i => i % 3 == 0 ? null : $"row {i}"), Texts(all.Children[1].Slice(from, length - from)));
            for (int i = from; i < length; i++)
                Assert.Equal(i % 5 == 0, Bitmap.IsSet(all.Children[2].Buffers[1].Span, i));
            seen = length;
        }
    }

    private static byte[] Bytes(params int[] values) => MemoryMarshal.AsBytes(values.AsSpan()).ToArray();

    private static ArrayData Int64s(params long?[] values)
    {
        long[] numbers = [.. values.Select(v => v ?? -1)];
        return new ArrayData(
            ArrowTypes.Int64, values.Length, values.Count(v => v is null), [Validity(values), MemoryMarshal.AsBytes(numbers.AsSpan()).ToArray()]);
    }

    private static long?[] Int64s(ArrayData array)
    {
        long[] values = MemoryMarshal.Cast<byte, long>(array.Buffers[1].Span).Slice(array.Offset, array.Length).ToArray();
        return [.. values.Select((v, i) => array.IsNull(i) ? null : (long?)v)];
    }

    private static ArrayData Texts(params string?[] values)
    {
        int end = 0;
        int[] offsets = [0, .. values.Select(v => end += v?.Length ?? 0)];
        byte[] bytes = Encoding.UTF8.GetBytes(string.Concat(values));
        return new ArrayData(ArrowTypes.Utf8, values.Length, values.Count(v => v is null), [Validity(values), Bytes(offsets), bytes]);
    }

    private static string?[] Texts(ArrayData array)
    {
        int[] offsets = MemoryMarshal.Cast<byte, int>(array.Buffers[1].Span).Slice(array.Offset, array.Length + 1).ToArray();
        byte[] bytes = array.Buffers[2].ToArray();
        return [.. Enumerable.Range(0, array.Length).Select(Text)];

        string? Text(int row) => array.IsNull(row) ? null : Encoding.UTF8.GetString(bytes[offsets[row]..offsets[row + 1]]);
    }

    private static ReadOnlyMemory<byte> Validity<T>(T[] values)
    {
        if (!values.Any(v => v is null))
            return default;
        byte[] bits = new byte[Bitmap.ByteCount(values.Length)];
        for (int i = 0; i < values.Length; i++)
            bits[i >> 3] |= (byte)(values[i] is null ? 0 : 1 << (i & 7));
        return bits;
    }
}
