using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;

namespace Varve.Arrow.Values;

/// <summary>
/// Reads single values of an array, by type. A dictionary column is read through its dictionary. Made for clients, tools and tests;
/// loops over many rows read the buffers. The array must be valid.
/// </summary>
/// <remarks>Reading a null row, or a type that the method is not for, throws <see cref="InvalidOperationException"/>.</remarks>
public static class ArrayReader
{
    /// <summary>True for a row without a value: also where a dictionary's code refers to a null.</summary>
    public static bool IsNull(ArrayData array, int row) =>
        array.IsNull(row) || (array.Dictionary is { } values && IsNull(values, Code(array, row)));

    public static bool GetBoolean(ArrayData array, int row)
    {
        Resolve(ref array, ref row);
        return array.Type.Id == ArrowTypeId.Boolean
            ? Bitmap.IsSet(array.Buffers[1].Span, array.Offset + row)
            : throw NotA("boolean", array);
    }

    /// <summary>An integer of any width that fits, or the count of a date, time, timestamp or duration in the unit of its type.</summary>
    /// <exception cref="OverflowException">A uint64 above 2^63 - 1.</exception>
    public static long GetInt64(ArrayData array, int row)
    {
        Resolve(ref array, ref row);
        return array.Type switch
        {
            IntegerType { IsSigned: false, BitWidth: 64 } => checked((long)Fixed<ulong>(array, row)),
            IntegerType { IsSigned: false } type => (long)Unsigned(array, row, type.BitWidth),
            IntegerType or DateType or TimeType or TimestampType or DurationType => Signed(array, row, array.Type.ByteWidth),
            _ => throw NotA("integer", array),
        };
    }

    /// <exception cref="OverflowException">A negative value.</exception>
    public static ulong GetUInt64(ArrayData array, int row)
    {
        Resolve(ref array, ref row);
        return array.Type is IntegerType { IsSigned: false } type
            ? Unsigned(array, row, type.BitWidth)
            : checked((ulong)GetInt64(array, row));
    }

    /// <summary>A float of any width, or an integer, rounded when it is above 2^53.</summary>
    public static double GetDouble(ArrayData array, int row)
    {
        Resolve(ref array, ref row);
        return array.Type switch
        {
            FloatType { BitWidth: 16 } => (double)Fixed<Half>(array, row),
            FloatType { BitWidth: 32 } => Fixed<float>(array, row),
            FloatType => Fixed<double>(array, row),
            IntegerType { IsSigned: false } type => Unsigned(array, row, type.BitWidth),
            IntegerType => GetInt64(array, row),
            _ => throw NotA("number", array),
        };
    }

    public static DecimalValue GetDecimal(ArrayData array, int row)
    {
        Resolve(ref array, ref row);
        return array.Type is DecimalType type
            ? new DecimalValue(new BigInteger(FixedBytes(array, row)), type.Scale)
            : throw NotA("decimal", array);
    }

    public static IntervalValue GetInterval(ArrayData array, int row)
    {
        Resolve(ref array, ref row);
        if (array.Type is not IntervalType type)
            throw NotA("interval", array);
        ReadOnlySpan<byte> bytes = FixedBytes(array, row);
        ReadOnlySpan<int> parts = MemoryMarshal.Cast<byte, int>(bytes);
        return type.Unit switch
        {
            IntervalUnit.YearMonth => new IntervalValue(parts[0], 0, 0),
            IntervalUnit.DayTime => new IntervalValue(0, parts[0], parts[1] * IntervalValue.NanosecondsPerMillisecond),
            _ => new IntervalValue(parts[0], parts[1], MemoryMarshal.Read<long>(bytes[8..])),
        };
    }

    /// <summary>The bytes of text (UTF-8) or of a binary value, over the array's own memory.</summary>
    public static ReadOnlySpan<byte> GetBytes(ArrayData array, int row)
    {
        Resolve(ref array, ref row);
        switch (array.Type.Id)
        {
            case ArrowTypeId.Utf8 or ArrowTypeId.Binary or ArrowTypeId.LargeUtf8 or ArrowTypeId.LargeBinary:
                (int start, int length) = ArrayLayout.Range(array, row);
                return length == 0 ? default : array.Buffers[2].Span.Slice(start, length);
            case ArrowTypeId.Utf8View or ArrowTypeId.BinaryView:
                return ArrayLayout.ViewBytes(array, row);
            case ArrowTypeId.FixedSizeBinary:
                return FixedBytes(array, row);
            default:
                throw NotA("text or binary value", array);
        }
    }

    public static string GetString(ArrayData array, int row) => Encoding.UTF8.GetString(GetBytes(array, row));

    /// <summary>The elements of a list of any kind, or the entries (struct of key and value) of a map.</summary>
    public static ArrayData GetElements(ArrayData array, int row)
    {
        Resolve(ref array, ref row);
        if (array.Type.Id is not (ArrowTypeId.List or ArrowTypeId.LargeList or ArrowTypeId.FixedSizeList or ArrowTypeId.Map))
            throw NotA("list", array);
        (int start, int length) = ArrayLayout.Range(array, row);
        return array.Children[0].Slice(start, length);
    }

    /// <summary>
    /// The value as an object, null for a null row: bool; sbyte to ulong; Half, float, double; <see cref="DecimalValue"/>; string; byte[];
    /// for dates, times, timestamps and durations the int or long that is stored; <see cref="IntervalValue"/>;
    /// object?[] for the elements of a list and for the fields of a struct, in their order; KeyValuePair&lt;object, object?&gt;[] for a map.
    /// </summary>
    public static object? GetValue(ArrayData array, int row)
    {
        if (IsNull(array, row))
            return null;
        Resolve(ref array, ref row);
        return array.Type switch
        {
            BooleanType => GetBoolean(array, row),
            IntegerType or DateType or TimeType or TimestampType or DurationType => BoxedInteger(array, row),
            FloatType { BitWidth: 16 } => Fixed<Half>(array, row),
            FloatType { BitWidth: 32 } => Fixed<float>(array, row),
            FloatType => Fixed<double>(array, row),
            DecimalType => GetDecimal(array, row),
            Utf8Type or LargeUtf8Type or Utf8ViewType => GetString(array, row),
            BinaryType or LargeBinaryType or BinaryViewType or FixedSizeBinaryType => GetBytes(array, row).ToArray(),
            IntervalType => GetInterval(array, row),
            StructType => array.Children.Select(c => GetValue(c, array.Offset + row)).ToArray(),
            MapType => MapEntries(GetElements(array, row)),
            _ => ListElements(GetElements(array, row)),
        };
    }

    /// <summary>
    /// The value as text for people and CSV, stable over releases: a null row is empty; times are ISO 8601 with the digits of their unit,
    /// UTC with a Z where the type has a zone; decimals have all digits; bytes are hexadecimal; nested values are JSON.
    /// </summary>
    public static string Format(ArrayData array, int row) => ValueText.Format(array, row);

    internal static T Fixed<T>(ArrayData array, int row)
        where T : unmanaged => MemoryMarshal.Read<T>(FixedBytes(array, row));

    /// <summary>The code of a dictionary column's row that is not null.</summary>
    internal static int Code(ArrayData array, int row) => checked((int)WideCode(array, row));

    /// <summary>The same before it is known to be a row of the dictionary.</summary>
    internal static Int128 WideCode(ArrayData array, int row) => ((DictionaryType)array.Type).IndexType is { IsSigned: false } index
        ? Unsigned(array, row, index.BitWidth)
        : Signed(array, row, array.Type.ByteWidth);

    /// <summary>Goes from dictionary columns to the values that they mean, and refuses null rows.</summary>
    internal static void Resolve(ref ArrayData array, ref int row)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, array.Length);
        while (true)
        {
            if (array.IsNull(row))
                throw new InvalidOperationException($"row {row} of this {array.Type.Name} array is null");
            if (array.Dictionary is not { } values)
                return;
            row = Code(array, row);
            array = values;
        }
    }

    private static ReadOnlySpan<byte> FixedBytes(ArrayData array, int row)
    {
        int width = array.Type.ByteWidth;
        return array.Buffers[1].Span.Slice(checked((array.Offset + row) * width), width);
    }

    private static long Signed(ArrayData array, int row, int byteWidth) => byteWidth switch
    {
        1 => Fixed<sbyte>(array, row),
        2 => Fixed<short>(array, row),
        4 => Fixed<int>(array, row),
        _ => Fixed<long>(array, row),
    };

    private static ulong Unsigned(ArrayData array, int row, int bitWidth) => bitWidth switch
    {
        8 => Fixed<byte>(array, row),
        16 => Fixed<ushort>(array, row),
        32 => Fixed<uint>(array, row),
        _ => Fixed<ulong>(array, row),
    };

    private static object BoxedInteger(ArrayData array, int row) => (array.Type.ByteWidth, array.Type is IntegerType { IsSigned: false }) switch
    {
        (1, false) => Fixed<sbyte>(array, row),
        (1, true) => Fixed<byte>(array, row),
        (2, false) => Fixed<short>(array, row),
        (2, true) => Fixed<ushort>(array, row),
        (4, false) => Fixed<int>(array, row),
        (4, true) => Fixed<uint>(array, row),
        (_, false) => Fixed<long>(array, row),
        (_, true) => Fixed<ulong>(array, row),
    };

    private static object?[] ListElements(ArrayData elements)
    {
        object?[] values = new object?[elements.Length];
        for (int i = 0; i < values.Length; i++)
            values[i] = GetValue(elements, i);
        return values;
    }

    private static KeyValuePair<object, object?>[] MapEntries(ArrayData entries)
    {
        KeyValuePair<object, object?>[] pairs = new KeyValuePair<object, object?>[entries.Length];
        for (int i = 0; i < pairs.Length; i++)
            pairs[i] = new(GetValue(entries.Children[0], entries.Offset + i)!, GetValue(entries.Children[1], entries.Offset + i));
        return pairs;
    }

    private static InvalidOperationException NotA(string expected, ArrayData array) => new($"a column of {array.Type.Name} holds no {expected}");
}
