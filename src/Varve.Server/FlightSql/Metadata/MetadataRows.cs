using System.Buffers.Binary;
using System.Text;
using Varve.Arrow;

namespace Varve.Server.FlightSql.Metadata;

/// <summary>Makes a record batch of plain values: strings, bytes, ints, bools and nulls, which is all that metadata results hold.</summary>
internal static class MetadataRows
{
    public static RecordBatch Build(Schema schema, IEnumerable<object?[]> rows)
    {
        object?[][] all = [.. rows];
        var columns = new ArrayData[schema.Fields.Count];
        for (int i = 0; i < columns.Length; i++)
            columns[i] = Column(schema.Fields[i].Type, [.. all.Select(row => row[i])]);
        return new RecordBatch(schema, all.Length, columns);
    }

    /// <summary>A column of any type named above; of a list column all rows are null.</summary>
    public static ArrayData Column(ArrowType type, IReadOnlyList<object?> values) => type switch
    {
        Utf8Type => Bytes(type, values, value => Encoding.UTF8.GetBytes((string)value)),
        BinaryType => Bytes(type, values, value => (byte[])value),
        BooleanType => Make(type, values, [Bits(values, value => value is true)]),
        IntegerType integer => Make(type, values, [Integers(values, integer.ByteWidth)]),
        ListType list => Make(type, values, [new byte[4 * (values.Count + 1)]], Column(list.Element.Type, [])),
        _ => throw new ArgumentException($"no metadata result has a column of type {type.Name}"),
    };

    private static ArrayData Bytes(ArrowType type, IReadOnlyList<object?> values, Func<object, byte[]> encode)
    {
        byte[] offsets = new byte[4 * (values.Count + 1)];
        var content = new MemoryStream();
        for (int i = 0; i < values.Count; i++)
        {
            if (values[i] is { } value)
                content.Write(encode(value));
            BinaryPrimitives.WriteInt32LittleEndian(offsets.AsSpan(4 * (i + 1)), checked((int)content.Length));
        }

        return Make(type, values, [offsets, content.ToArray()]);
    }

    private static byte[] Integers(IReadOnlyList<object?> values, int widthBytes)
    {
        byte[] bytes = new byte[values.Count * widthBytes];
        Span<byte> value = stackalloc byte[8];
        for (int i = 0; i < values.Count; i++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(value, Convert.ToInt64(values[i] ?? 0));
            value[..widthBytes].CopyTo(bytes.AsSpan(i * widthBytes));
        }

        return bytes;
    }

    private static byte[] Bits(IReadOnlyList<object?> values, Func<object?, bool> isSet)
    {
        byte[] bits = new byte[Bitmap.ByteCount(values.Count)];
        for (int i = 0; i < values.Count; i++)
        {
            if (isSet(values[i]))
                bits[i >> 3] |= (byte)(1 << (i & 7));
        }

        return bits;
    }

    private static ArrayData Make(ArrowType type, IReadOnlyList<object?> values, byte[][] content, params ArrayData[] children)
    {
        int nulls = values.Count(value => value is null);
        ReadOnlyMemory<byte> validity = nulls == 0 ? ReadOnlyMemory<byte>.Empty : Bits(values, value => value is not null);
        return new ArrayData(type, values.Count, nulls, [validity, .. content], children);
    }
}
