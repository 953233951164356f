using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Varve.Arrow.Builders;
using Varve.Arrow.Tests.Model;
using Varve.Arrow.Validation;
using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Arrow.Tests.Validation;

public class ArrayValidationTests(ITestOutputHelper output)
{
    private static readonly byte[] Umlauts = Encoding.UTF8.GetBytes("äöü");

    [Fact]
    public void Random_valid_batches_are_accepted()
    {
        Random random = new(TestSeed.Next(output.WriteLine));
        for (int i = 0; i < 200; i++)
            ArrayValidation.Validate(RandomValues.Batch(random, RandomTypes.NextSchema(random), random.Next(60), out _));
    }

    [Theory]
    [InlineData(new[] { 0, 2, 4, 6 }, null)]
    [InlineData(new[] { 2, 2, 4, 6 }, null)]
    [InlineData(new[] { 0, 4, 2, 6 }, "row 1: expected an end offset of at least 4, found 2")]
    [InlineData(new[] { -2, 0, 2, 4 }, "row 0: expected an offset of 0 or more, found -2")]
    [InlineData(new[] { 0, 2, 4, 7 }, "row 2: expected offsets within the 6 bytes there are, found 7")]
    [InlineData(new[] { 0, 2, 3, 6 }, "row 1: expected valid UTF-8")]
    [InlineData(new[] { 0, 2, 4 }, "expected at least 16 bytes of offsets for 3 rows, found 12")]
    public void Offsets_of_text_are_checked(int[] offsets, string? problem)
    {
        ArrayData small = new(ArrowTypes.Utf8, 3, 0, [default, Ints(offsets), Umlauts]);
        ArrayData large = new(ArrowTypes.LargeUtf8, 3, 0, [default, Longs([.. offsets.Select(o => (long)o)]), Umlauts]);
        Check(new Field("t", ArrowTypes.Utf8), small, problem);
        string? wider = problem?.Replace("16 bytes", "32 bytes", StringComparison.Ordinal).Replace("found 12", "found 24", StringComparison.Ordinal);
        Check(new Field("t", ArrowTypes.LargeUtf8), large, wider);
    }

    [Fact]
    public void A_descent_is_found_at_every_place_of_long_offsets()
    {
        for (int bad = 1; bad < 40; bad++)
        {
            int[] offsets = [.. Enumerable.Range(0, 40)];
            byte[] data = new byte[40];
            Check(new Field("b", ArrowTypes.Binary), new ArrayData(ArrowTypes.Binary, 39, 0, [default, Ints(offsets), data]), null);
            offsets[bad] = offsets[bad - 1] - 1;
            string problem = $"row {bad - 1}: expected an end offset of at least {bad - 1}, found {bad - 2}";
            Check(new Field("b", ArrowTypes.Binary), new ArrayData(ArrowTypes.Binary, 39, 0, [default, Ints(offsets), data]), problem);
        }
    }

    [Fact]
    public void Invalid_text_is_refused_where_a_value_is_and_not_under_a_null()
    {
        byte[] bytes = [(byte)'a', 0xFF, (byte)'b'];
        Field field = new("t", ArrowTypes.Utf8);
        Check(field, new ArrayData(ArrowTypes.Utf8, 3, 0, [default, Ints(0, 1, 2, 3), bytes]), "row 1: expected valid UTF-8, found bytes ff");
        Check(field, new ArrayData(ArrowTypes.Utf8, 3, 1, [new byte[] { 0b101 }, Ints(0, 1, 2, 3), bytes]), null);
        Check(field, new ArrayData(ArrowTypes.Utf8, 1, 0, [default, Ints(0, 1, 2, 3), bytes]), null);
        Check(new Field("t", ArrowTypes.Binary), new ArrayData(ArrowTypes.Binary, 3, 0, [default, Ints(0, 1, 2, 3), bytes]), null);
    }

    [Fact]
    public void Nulls_fit_the_schema_and_their_count()
    {
        ArrayData one = new(ArrowTypes.Int8, 3, 1, [new byte[] { 0b101 }, new byte[3]]);
        Check(new Field("n", ArrowTypes.Int8), one, null);
        Check(new Field("n", ArrowTypes.Int8, false), one, "column 'n' (int8) row 1: expected a value (the column is not nullable), found null");
        ArrayData miscounted = new(ArrowTypes.Int8, 3, 2, one.Buffers);
        Check(new Field("n", ArrowTypes.Int8), miscounted, "expected 1 nulls as the validity buffer says, found a count of 2");
        Check(new Field("n", ArrowTypes.Int8), new ArrayData(ArrowTypes.Int8, 3, 1, [default, one.Buffers[1]]), "expected 0 nulls");
        Check(new Field("n", ArrowTypes.Int8), new ArrayData(ArrowTypes.Int8, 9, 1, [new byte[1], new byte[9]]), "at least 2 bytes of validity");
        Check(new Field("n", ArrowTypes.Null), new ArrayData(ArrowTypes.Null, 3, 2, []), "expected 3 nulls");
    }

    [Fact]
    public void Values_of_one_width_are_all_there()
    {
        foreach (ArrowType type in RandomTypes.Flat.Where(t => t.ByteWidth > 0))
        {
            Field field = new("v", type);
            Check(field, new ArrayData(type, 5, 0, [default, new byte[8 * type.ByteWidth]], offset: 3), null);
            ArrayData cut = new(type, 5, 0, [default, new byte[(8 * type.ByteWidth) - 1]], offset: 3);
            Check(field, cut, $"at least {8 * type.ByteWidth} bytes of values");
        }

        Check(new Field("b", ArrowTypes.Boolean), new ArrayData(ArrowTypes.Boolean, 9, 0, [default, new byte[1]]), "at least 2 bytes of values");
    }

    [Fact]
    public void Times_of_day_and_decimals_are_in_range()
    {
        TimeType seconds = new(TimeUnit.Second);
        Check(new Field("t", seconds), new ArrayData(seconds, 2, 0, [default, Ints(0, 86_399)]), null);
        ArrayData late = new(seconds, 2, 0, [default, Ints(0, 86_400)]);
        Check(new Field("t", seconds), late, "row 1: expected a value from 0 to 86399, found 86400");
        Check(new Field("t", seconds), new ArrayData(seconds, 2, 1, [new byte[] { 1 }, Ints(0, 86_400)]), null);
        TimeType nanoseconds = new(TimeUnit.Nanosecond);
        Check(new Field("t", nanoseconds), new ArrayData(nanoseconds, 1, 0, [default, Longs(-1)]), "row 0: expected a value from 0");

        foreach (int bits in (int[])[32, 64, 128, 256])
        {
            DecimalType type = new(3, 1, bits);
            byte[] values = new byte[2 * bits / 8];
            BinaryPrimitives.WriteInt32LittleEndian(values, 999);
            values.AsSpan(bits / 8).Fill(0xFF);
            BinaryPrimitives.WriteInt16LittleEndian(values.AsSpan(bits / 8), -999);
            Check(new Field("d", type), new ArrayData(type, 2, 0, [default, values]), null);
            BinaryPrimitives.WriteInt16LittleEndian(values.AsSpan(bits / 8), -1000);
            Check(new Field("d", type), new ArrayData(type, 2, 0, [default, values]), "row 1: expected");
        }

        DecimalType tooWide = new(10, 1, 32);
        Check(new Field("d", tooWide), new ArrayData(tooWide, 0, 0, [default, default]), "a precision of 1 to 9, found 10");
        DecimalType tooDeep = new(9, -10, 32);
        Check(new Field("d", tooDeep), new ArrayData(tooDeep, 0, 0, [default, default]), "a scale of -9 to 9, found -10");
    }

    [Theory]
    [InlineData(0, 5, null)]
    [InlineData(-1, 0, "buffer -1")]
    [InlineData(1, 0, "a view into one of 1 data buffers, found buffer 1")]
    [InlineData(0, -1, "within the 20 bytes of data buffer 0, found 13 bytes at -1")]
    [InlineData(0, 8, "within the 20 bytes of data buffer 0, found 13 bytes at 8")]
    [InlineData(0, 6, "begins as its data does")]
    public void Views_stay_within_their_buffers(int buffer, int offset, string? problem)
    {
        byte[] data = Encoding.UTF8.GetBytes("01234abcdefghijklmno");
        byte[] views = new byte[32];
        MemoryMarshal.Cast<byte, int>(views.AsSpan())[0] = 5;
        "hello"u8.CopyTo(views.AsSpan(4));
        MemoryMarshal.Cast<byte, int>(views.AsSpan())[4] = 13;
        "abcd"u8.CopyTo(views.AsSpan(20));
        MemoryMarshal.Cast<byte, int>(views.AsSpan())[6] = buffer;
        MemoryMarshal.Cast<byte, int>(views.AsSpan())[7] = offset;
        Check(new Field("v", ArrowTypes.Utf8View), new ArrayData(ArrowTypes.Utf8View, 2, 0, [default, views, data]), problem);
        Check(new Field("v", ArrowTypes.Utf8View), new ArrayData(ArrowTypes.Utf8View, 2, 1, [new byte[] { 1 }, views, data]), null);
    }

    [Fact]
    public void Short_views_are_padded_and_text_of_views_is_utf8()
    {
        byte[] view = [2, 0, 0, 0, (byte)'h', 0xC3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        Field bytes = new("v", ArrowTypes.BinaryView);
        Check(bytes, One(bytes), null);
        Field text = new("v", ArrowTypes.Utf8View);
        Check(text, One(text), "row 0: expected valid UTF-8, found bytes 68c3");
        view[15] = 1;
        Check(bytes, One(bytes), "zeros behind a short value");
        view[3] = 0x80;
        Check(bytes, One(bytes), "a view with a length of 0 or more");

        ArrayData One(Field field) => new(field.Type, 1, 0, [default, view]);
    }

    [Fact]
    public void Children_are_long_enough()
    {
        ArrayData three = new(ArrowTypes.Int8, 3, 0, [default, new byte[3]]);
        ListType list = new(new Field("item", ArrowTypes.Int8));
        Check(new Field("l", list), new ArrayData(list, 2, 0, [default, Ints(0, 1, 3)], [three]), null);
        ArrayData beyond = new(list, 2, 0, [default, Ints(0, 1, 4)], [three]);
        Check(new Field("l", list), beyond, "row 1: expected offsets within the 3 elements there are, found 4");
        FixedSizeListType pairs = new(new Field("item", ArrowTypes.Int8), 3);
        Check(new Field("l", pairs), new ArrayData(pairs, 1, 0, [default], [three]), null);
        Check(new Field("l", pairs), new ArrayData(pairs, 1, 0, [default], [three], offset: 1), "at least 6 rows in each child array, found 3");
        StructType structure = new([new Field("a", ArrowTypes.Int8)]);
        Check(new Field("s", structure), new ArrayData(structure, 3, 0, [default], [three]), null);
        Check(new Field("s", structure), new ArrayData(structure, 4, 0, [default], [three]), "at least 4 rows in each child array, found 3");
        Check(new Field("s", structure), new ArrayData(structure, 3, 0, [default], []), "1 child arrays, found 0");
    }

    [Fact]
    public void Nulls_of_children_are_refused_where_their_field_is_not_nullable()
    {
        ArrayData second = new(ArrowTypes.Int8, 2, 1, [new byte[] { 1 }, new byte[2]]);
        StructType structure = new([new Field("a", ArrowTypes.Int8, false)]);
        Check(new Field("s", structure), new ArrayData(structure, 2, 1, [new byte[] { 1 }], [second]), null);
        Check(new Field("s", structure), new ArrayData(structure, 2, 0, [default], [second]), "column 's.a' (int8) row 1: expected a value");
        FixedSizeListType ones = new(new Field("item", ArrowTypes.Int8, false), 1);
        Check(new Field("f", ones), new ArrayData(ones, 2, 1, [new byte[] { 1 }], [second]), null);
        Check(new Field("f", ones), new ArrayData(ones, 2, 0, [default], [second]), "column 'f[]' (int8) element 1");
        ListType list = new(new Field("item", ArrowTypes.Int8, false));
        Check(new Field("l", list), new ArrayData(list, 1, 0, [default, Ints(0, 2)], [second]), "column 'l[]' (int8) element 1");
        Check(new Field("l", list), new ArrayData(list, 1, 0, [default, Ints(0, 1)], [second.Slice(0, 1)]), null);
    }

    [Fact]
    public void Entries_and_keys_of_maps_are_never_null_whatever_their_fields_say()
    {
        ArrayData plain = new(ArrowTypes.Int8, 2, 0, [default, new byte[2]]);
        ArrayData second = new(ArrowTypes.Int8, 2, 1, [new byte[] { 1 }, new byte[2]]);
        MapType type = new(new Field("entries", new StructType([new Field("key", ArrowTypes.Int8), new Field("value", ArrowTypes.Int8)])), false);
        Check(new Field("m", type), Map(Entries(plain, second)), null);
        Check(new Field("m", type), Map(Entries(second, plain)), "column 'm[].key' (int8) row 1: expected a value");
        Check(new Field("m", type), Map(Entries(plain, plain, 1, new byte[] { 1 })), "column 'm[]'");

        ArrayData Entries(ArrayData keys, ArrayData values, int nulls = 0, byte[]? validity = null) =>
            new(type.Entries.Type, 2, nulls, [validity], [keys, values]);

        ArrayData Map(ArrayData entries) => new(type, 1, 0, [default, Ints(0, 2)], [entries]);
    }

    [Fact]
    public void Dictionaries_are_checked_with_their_values()
    {
        DictionaryType type = new(ArrowTypes.UInt8, ArrowTypes.Utf8, false);
        ArrayData good = new(ArrowTypes.Utf8, 1, 0, [default, Ints(0, 1), new byte[] { 65 }]);
        ArrayData bad = new(ArrowTypes.Utf8, 1, 0, [default, Ints(0, 1), new byte[] { 0xFF }]);
        Check(new Field("d", type), new ArrayData(type, 2, 0, [default, new byte[2]], dictionary: good), null);
        Check(new Field("d", type), new ArrayData(type, 2, 0, [default, new byte[2]], dictionary: bad), "column 'd{}'");
        ArrayData beyond = new(type, 2, 0, [default, new byte[] { 0, 1 }], dictionary: good);
        Check(new Field("d", type), beyond, "row 1: expected a code of a dictionary with 1 values, found 1");
        Check(new Field("d", type), new ArrayData(type, 2, 0, [default, new byte[2]]), "a dictionary where the type has one");
    }

    /// <summary>Flips bytes of valid arrays: whatever the check lets through must be readable to the last row.</summary>
    [Fact]
    public void What_is_accepted_can_be_read()
    {
        Random random = new(TestSeed.Next(output.WriteLine));
        int refused = 0;
        for (int i = 0; i < 3000; i++)
        {
            Field field = RandomTypes.NextField(random, "c");
            ArrayData array = Damage(random, RandomValues.Array(random, field, RandomValues.Rows(random, field, random.Next(1, 20))));
            try
            {
                ArrayValidation.Validate(field, array);
            }
            catch (ArrowFormatException)
            {
                refused++;
                continue;
            }

            PlainRows.AssertEqual(PlainRows.Of(array), array);
            ColumnAppender column = ColumnAppender.Create(field.Type);
            column.Append(array);
            ArrayValidation.Validate(field, column.Snapshot(array.Length));
        }

        output.WriteLine($"{refused} of 3000 refused");
        Assert.InRange(refused, 100, 2900);
    }

    private static ArrayData Damage(Random random, ArrayData array)
    {
        ReadOnlyMemory<byte>[] buffers = [.. array.Buffers.Select(b => (ReadOnlyMemory<byte>)b.ToArray())];
        ArrayData[] children = [.. array.Children];
        if (children.Length > 0 && random.Next(2) == 0)
        {
            int at = random.Next(children.Length);
            children[at] = Damage(random, children[at]);
        }
        else if (buffers.Length > 0)
        {
            int at = random.Next(buffers.Length);
            byte[] bytes = buffers[at].ToArray();
            if (random.Next(8) == 0)
                bytes = bytes[..random.Next(bytes.Length + 1)];
            for (int flips = random.Next(3); flips >= 0 && bytes.Length > 0; flips--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            buffers[at] = bytes;
        }

        return new ArrayData(array.Type, array.Length, array.NullCount, buffers, children, array.Dictionary, array.Offset);
    }

    private static void Check(Field field, ArrayData array, string? problem)
    {
        RecordBatch batch = new(new Schema([field]), array.Length, [array]);
        if (problem is null)
        {
            ArrayValidation.Validate(batch);
            return;
        }

        ArrowFormatException e = Assert.Throws<ArrowFormatException>(() => ArrayValidation.Validate(batch));
        Assert.Contains(problem, e.Message, StringComparison.Ordinal);
    }

    private static byte[] Ints(params int[] values) => MemoryMarshal.AsBytes(values.AsSpan()).ToArray();

    private static byte[] Longs(params long[] values) => MemoryMarshal.AsBytes(values.AsSpan()).ToArray();
}
