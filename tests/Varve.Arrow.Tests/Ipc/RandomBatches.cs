using System.Buffers.Binary;
using System.Text;

namespace Varve.Arrow.Tests.Ipc;

/// <summary>
/// Random schemas and valid batches of them, of every type that is read: with and without nulls, sliced at odd places, with offsets that do not
/// start at 0, bytes under nulls, dictionaries within dictionaries.
/// </summary>
internal sealed class RandomBatches(Random random)
{
    private static readonly string[] Words = ["", "a", "µ€矢", "twelve bytes", "thirteen bytes", "a text longer than any view holds by itself"];

    private static readonly ArrowType[] FlatTypes =
    [
        ArrowTypes.Null, ArrowTypes.Boolean, ArrowTypes.Int8, ArrowTypes.UInt16, ArrowTypes.Int32, ArrowTypes.UInt64,
        ArrowTypes.Float16, ArrowTypes.Float32, ArrowTypes.Float64,
        new DecimalType(9, 2, 32), new DecimalType(18, -3, 64), new DecimalType(38, 0, 128), new DecimalType(76, 10, 256),
        ArrowTypes.Utf8, ArrowTypes.LargeUtf8, ArrowTypes.Utf8View, ArrowTypes.Binary, ArrowTypes.LargeBinary, ArrowTypes.BinaryView,
        new FixedSizeBinaryType(0), new FixedSizeBinaryType(7),
        ArrowTypes.Date32, ArrowTypes.Date64, new TimeType(TimeUnit.Second), new TimeType(TimeUnit.Nanosecond),
        new TimestampType(TimeUnit.Second, null), new TimestampType(TimeUnit.Nanosecond, "Europe/Paris"), new DurationType(TimeUnit.Microsecond),
        new IntervalType(IntervalUnit.YearMonth), new IntervalType(IntervalUnit.DayTime), new IntervalType(IntervalUnit.MonthDayNano),
    ];

    private static readonly IntegerType[] CodeTypes = [ArrowTypes.Int8, ArrowTypes.Int32, ArrowTypes.UInt16, ArrowTypes.Int64];

    public Schema Schema(bool withDictionaries)
    {
        var fields = new Field[random.Next(0, 7)];
        for (int i = 0; i < fields.Length; i++)
            fields[i] = Field($"c{i}", depth: random.Next(0, 4), withDictionaries);
        return new Schema(fields, random.Next(2) == 0 ? null : new Dictionary<string, string> { ["k"] = "v", ["µ"] = "" });
    }

    public RecordBatch Batch(Schema schema)
    {
        int rows = random.Next(4) switch { 0 => 0, 1 => random.Next(1, 9), _ => random.Next(1, 300) };
        return new RecordBatch(schema, rows, [.. schema.Fields.Select(f => Sliced(f.Type, rows))]);
    }

    private Field Field(string name, int depth, bool withDictionaries)
    {
        ArrowType type = depth == 0 ? Pick(FlatTypes) : Nested(depth, withDictionaries);
        if (withDictionaries && random.Next(3) == 0)
            type = new DictionaryType(Pick(CodeTypes), type, random.Next(2) == 0);
        return new Field(name, type, isNullable: true, random.Next(3) == 0 ? new Dictionary<string, string> { ["unit"] = "°C" } : null);
    }

    private ArrowType Nested(int depth, bool withDictionaries)
    {
        Field Child(string name) => Field(name, depth - 1, withDictionaries);
        return random.Next(5) switch
        {
            0 => new ListType(Child("item")),
            1 => new LargeListType(Child("item")),
            2 => new FixedSizeListType(Child("item"), random.Next(0, 4)),
            3 => new StructType([.. Enumerable.Range(0, random.Next(0, 4)).Select(i => Child($"f{i}"))]),
            _ => new MapType(new Field("entries", new StructType([Key(Child), Child("value")]), isNullable: false), random.Next(2) == 0),
        };
    }

    /// <summary>The keys of a map are never null.</summary>
    private static Field Key(Func<string, Field> child)
    {
        Field key = child("key");
        while (key.Type is NullType)
            key = child("key");
        return new Field("key", key.Type, isNullable: false);
    }

    private T Pick<T>(T[] choices) => choices[random.Next(choices.Length)];

    private ArrayData Sliced(ArrowType type, int rows, bool withNulls = true, bool isMapEntries = false)
    {
        int before = random.Next(3) == 0 ? random.Next(0, 20) : 0;
        int after = random.Next(3) == 0 ? random.Next(0, 20) : 0;
        return Array(type, before + rows + after, withNulls, isMapEntries).Slice(before, rows);
    }

    private ArrayData Array(ArrowType type, int rows, bool withNulls, bool isMapEntries)
    {
        if (type is NullType)
            return new ArrayData(type, rows, rows, []);
        (byte[] validity, int nulls) = withNulls ? Validity(rows) : ([], 0);
        ArrayData Make(ReadOnlyMemory<byte>[] buffers, ArrayData[]? children = null, ArrayData? dictionary = null) =>
            new(type, rows, nulls, buffers, children, dictionary);
        switch (type)
        {
            case BooleanType:
                return Make([validity, Bytes(Bitmap.ByteCount(rows))]);
            case Utf8Type or LargeUtf8Type or BinaryType or LargeBinaryType:
                (byte[] offsets, byte[] data) = Texts(rows, type is LargeUtf8Type or LargeBinaryType ? 8 : 4);
                return Make([validity, offsets, data]);
            case Utf8ViewType or BinaryViewType:
                return Make(Views(validity, rows, type is Utf8ViewType));
            case ListType or LargeListType or MapType:
                (byte[] starts, int elements) = Lists(rows, type is LargeListType ? 8 : 4);
                return Make([validity, starts], [Sliced(type.Children[0].Type, elements, type is not MapType, type is MapType)]);
            case FixedSizeListType list:
                return Make([validity], [Sliced(list.Element.Type, (rows * list.Size) + random.Next(3))]);
            case StructType:
                IEnumerable<ArrayData> members = type.Children
                    .Select((f, i) => Sliced(f.Type, rows + random.Next(3), withNulls: i > 0 || !isMapEntries));
                return Make([validity], [.. members]);
            case DictionaryType dictionary:
                int values = random.Next(1, 12);
                return Make([validity, Codes(rows, values, dictionary.IndexType.ByteWidth)], null, Sliced(dictionary.ValueType, values));
            case TimeType or DecimalType:
                return Make([validity, SmallNumbers(rows, type.ByteWidth, type is DecimalType)]);
            default:
                return Make([validity, Bytes(rows * type.ByteWidth)]);
        }
    }

    private byte[] SmallNumbers(int rows, int width, bool withNegative)
    {
        byte[] numbers = new byte[rows * width];
        for (int row = 0; row < rows; row++)
        {
            int number = random.Next(withNegative ? -80_000 : 0, 80_000);
            numbers.AsSpan(row * width, width).Fill((byte)(number < 0 ? 0xFF : 0));
            BinaryPrimitives.WriteInt32LittleEndian(numbers.AsSpan(row * width), number);
        }

        return numbers;
    }

    private (byte[] Bits, int Nulls) Validity(int rows)
    {
        if (random.Next(3) == 0)
            return ([], 0);
        byte[] bits = Bytes(Bitmap.ByteCount(rows) + random.Next(2));
        return (bits, rows - Bitmap.CountSet(bits, 0, rows));
    }

    private byte[] Bytes(int count)
    {
        byte[] bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    private (byte[] Offsets, byte[] Data) Texts(int rows, int width)
    {
        var data = new MemoryStream();
        byte[] offsets = new byte[(rows + 1) * width];
        if (random.Next(2) == 0)
            data.Write("before"u8);
        for (int i = 0; i <= rows; i++)
        {
            Put(offsets, i, width, (int)data.Length);
            data.Write(Encoding.UTF8.GetBytes(Pick(Words)));
        }

        return (offsets, data.ToArray());
    }

    private ReadOnlyMemory<byte>[] Views(byte[] validity, int rows, bool isText)
    {
        byte[][] data = [.. Enumerable.Range(0, 2).Select(_ => isText ? Encoding.ASCII.GetBytes(string.Concat(Words[3..])) : Bytes(60))];
        byte[] views = new byte[rows * 16];
        for (int row = 0; row < rows; row++)
        {
            Span<byte> view = views.AsSpan(row * 16, 16);
            int length = random.Next(2) == 0 ? random.Next(0, 13) : random.Next(13, 40);
            int buffer = random.Next(2);
            ReadOnlySpan<byte> text = data[buffer].AsSpan(random.Next(0, 12));
            BinaryPrimitives.WriteInt32LittleEndian(view, length);
            text[..Math.Min(length, length <= 12 ? length : 4)].CopyTo(view[4..]);
            if (length <= 12)
                continue;
            BinaryPrimitives.WriteInt32LittleEndian(view[8..], buffer);
            BinaryPrimitives.WriteInt32LittleEndian(view[12..], data[buffer].Length - text.Length);
        }

        return [validity, views, data[0], data[1]];
    }

    private (byte[] Offsets, int Elements) Lists(int rows, int width)
    {
        byte[] offsets = new byte[(rows + 1) * width];
        int at = random.Next(3);
        for (int i = 0; i <= rows; i++)
        {
            Put(offsets, i, width, at);
            at += i == rows ? 0 : random.Next(4);
        }

        return (offsets, at + random.Next(3));
    }

    private byte[] Codes(int rows, int values, int width)
    {
        byte[] codes = new byte[rows * width];
        for (int row = 0; row < rows; row++)
            codes[row * width] = (byte)random.Next(values);
        return codes;
    }

    private static void Put(byte[] target, int index, int width, int value) =>
        BinaryPrimitives.WriteInt32LittleEndian(target.AsSpan(index * width), value);
}
