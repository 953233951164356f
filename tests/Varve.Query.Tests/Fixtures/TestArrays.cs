using System.Collections;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;
using Varve.Arrow;

namespace Varve.Query.Tests.Fixtures;

/// <summary>
/// Arrow arrays from plain values, for tests: null for a null; integers, floats, decimals (unscaled), dates, times, timestamps and durations as
/// their numbers; text as string; blobs as byte[]; intervals as their bytes; lists, fixed-size lists and structs as object?[]; maps as lists of pairs.
/// </summary>
internal static class TestArrays
{
    public static RecordBatch Batch(params (string Name, ArrowType Type, object?[] Values)[] columns) => new(
        new Schema([.. columns.Select(c => new Field(c.Name, c.Type))]),
        columns[0].Values.Length,
        [.. columns.Select(c => Build(c.Type, c.Values))]);

    public static ArrayData Build(ArrowType type, IReadOnlyList<object?> values)
    {
        int nulls = values.Count(v => v is null);
        ReadOnlyMemory<byte> validity = nulls == 0 ? default : Bits(values.Select(v => v is not null));
        return type switch
        {
            NullType => new ArrayData(type, values.Count, values.Count, []),
            BooleanType => new ArrayData(type, values.Count, nulls, [validity, Bits(values.Select(v => v is true))]),
            Utf8Type or BinaryType => Offsets(type, values, nulls, validity, sizeof(int)),
            LargeUtf8Type or LargeBinaryType => Offsets(type, values, nulls, validity, sizeof(long)),
            Utf8ViewType or BinaryViewType => Views(type, values, nulls, validity),
            ListType list => Lists(type, list.Element.Type, values, nulls, validity, sizeof(int)),
            LargeListType list => Lists(type, list.Element.Type, values, nulls, validity, sizeof(long)),
            MapType map => Lists(type, map.Entries.Type, values, nulls, validity, sizeof(int)),
            FixedSizeListType list => new ArrayData(
                type, values.Count, nulls, [validity], [Build(list.Element.Type, [.. values.SelectMany(v => (object?[]?)v ?? new object?[list.Size])])]),
            StructType record => new ArrayData(
                type,
                values.Count,
                nulls,
                [validity],
                [.. record.Fields.Select((f, i) => Build(f.Type, [.. values.Select(v => v is object?[] fields ? fields[i] : null)]))]),
            _ => new ArrayData(type, values.Count, nulls, [validity, Concat(values.Select(v => Fixed(type, v)))]),
        };
    }

    private static byte[] Fixed(ArrowType type, object? value)
    {
        if (value is null)
            return new byte[type.ByteWidth];
        if (value is byte[] bytes)
            return bytes;
        return type switch
        {
            FloatType { BitWidth: 16 } => BitConverter.GetBytes((Half)value),
            FloatType { BitWidth: 32 } => BitConverter.GetBytes(Convert.ToSingle(value)),
            FloatType => BitConverter.GetBytes(Convert.ToDouble(value)),
            _ => Number(value is BigInteger big ? big : BigInteger.Parse(value.ToString()!), type.ByteWidth),
        };
    }

    private static byte[] Number(BigInteger value, int widthBytes)
    {
        byte[] bytes = new byte[widthBytes];
        bytes.AsSpan().Fill(value.Sign < 0 ? (byte)0xFF : (byte)0);
        byte[] little = value.ToByteArray();
        little.AsSpan(0, Math.Min(little.Length, widthBytes)).CopyTo(bytes);
        return bytes;
    }

    private static ArrayData Offsets(ArrowType type, IReadOnlyList<object?> values, int nulls, ReadOnlyMemory<byte> validity, int offsetBytes)
    {
        byte[][] texts = [.. values.Select(Bytes)];
        return new ArrayData(type, values.Count, nulls, [validity, Running(texts.Select(t => t.Length), offsetBytes), Concat(texts)]);
    }

    private static ArrayData Views(ArrowType type, IReadOnlyList<object?> values, int nulls, ReadOnlyMemory<byte> validity)
    {
        // Long values alternate between two buffers, so that both indexes are met.
        List<byte>[] buffers = [[], []];
        byte[] views = new byte[values.Count * 16];
        for (int i = 0; i < values.Count; i++)
        {
            byte[] text = Bytes(values[i]);
            Span<byte> view = views.AsSpan(i * 16, 16);
            MemoryMarshal.Write(view, text.Length);
            text.AsSpan(0, Math.Min(text.Length, text.Length > 12 ? 4 : 12)).CopyTo(view[4..]);
            if (text.Length <= 12)
                continue;
            MemoryMarshal.Write(view[8..], i % 2);
            MemoryMarshal.Write(view[12..], buffers[i % 2].Count);
            buffers[i % 2].AddRange(text);
        }

        return new ArrayData(type, values.Count, nulls, [validity, views, buffers[0].ToArray(), buffers[1].ToArray()]);
    }

    private static ArrayData Lists(
        ArrowType type, ArrowType element, IReadOnlyList<object?> values, int nulls, ReadOnlyMemory<byte> validity, int offsetBytes)
    {
        object?[][] lists = [.. values.Select(v => (object?[])(v ?? Array.Empty<object?>()))];
        return new ArrayData(
            type, values.Count, nulls, [validity, Running(lists.Select(l => l.Length), offsetBytes)], [Build(element, [.. lists.SelectMany(l => l)])]);
    }

    private static byte[] Bytes(object? value) => value switch
    {
        null => [],
        string text => Encoding.UTF8.GetBytes(text),
        _ => (byte[])value,
    };

    private static byte[] Running(IEnumerable<int> lengths, int offsetBytes)
    {
        long at = 0;
        return Concat([new byte[offsetBytes], .. lengths.Select(l => Number(at += l, offsetBytes))]);
    }

    private static byte[] Concat(IEnumerable<byte[]> parts) => [.. parts.SelectMany(p => p)];

    private static byte[] Bits(IEnumerable<bool> values)
    {
        var bits = new BitArray([.. values]);
        byte[] bytes = new byte[Bitmap.ByteCount(bits.Count)];
        bits.CopyTo(bytes, 0);
        return bytes;
    }
}
