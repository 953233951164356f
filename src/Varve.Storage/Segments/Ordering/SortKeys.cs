using System.Buffers.Binary;
using Varve.Arrow;

namespace Varve.Storage.Segments.Ordering;

/// <summary>
/// Values of fixed width as unsigned numbers in the same order: one word each, or a few for wide decimals, of which the least significant is word 0.
/// NaN comes behind all reals, and both zeros are one.
/// </summary>
internal static class SortKeys
{
    private const ulong Sign = 1UL << 63;

    /// <summary>
    /// How many words a value takes; 0 for the null type, whose rows are all alike; null for types that are not of fixed width or have no order.
    /// </summary>
    public static int? WordCount(ArrowType type) => type switch
    {
        NullType => 0,
        DecimalType { BitWidth: > 64 } wide => wide.BitWidth / 64,
        BooleanType or IntegerType or FloatType or DecimalType or DateType or TimeType or TimestampType or DurationType => 1,
        _ => null,
    };

    /// <summary>Writes one word of every row to the keys; those of null rows mean nothing.</summary>
    public static void Fill(ArrayData array, int word, Span<ulong> keys)
    {
        if (array.Type is BooleanType)
        {
            ReadOnlySpan<byte> bits = array.Buffers[1].Span;
            for (int i = 0; i < keys.Length; i++)
                keys[i] = Bitmap.IsSet(bits, array.Offset + i) ? 1UL : 0;
            return;
        }

        int width = array.Type.ByteWidth;
        ReadOnlySpan<byte> values = array.Buffers[1].Span.Slice(array.Offset * width, array.Length * width);
        for (int i = 0; i < keys.Length; i++)
            keys[i] = KeyOf(array.Type, values.Slice(i * width, width), word);
    }

    private static ulong KeyOf(ArrowType type, ReadOnlySpan<byte> value, int word) => type switch
    {
        FloatType => OfReal(RealOf(value)),
        IntegerType { IsSigned: false } => Unsigned(value),
        DecimalType { BitWidth: > 64 } => OfWord(value, word),
        _ => (ulong)Signed(value) ^ Sign,
    };

    /// <summary>Only the most significant word has a sign.</summary>
    private static ulong OfWord(ReadOnlySpan<byte> value, int word)
    {
        ulong bits = BinaryPrimitives.ReadUInt64LittleEndian(value[(word * 8)..]);
        return (word + 1) * 8 == value.Length ? bits ^ Sign : bits;
    }

    private static ulong OfReal(double real)
    {
        if (double.IsNaN(real))
            return ulong.MaxValue;

        // Adding zero turns -0 into 0.
        ulong bits = BitConverter.DoubleToUInt64Bits(real + 0.0);
        return (bits & Sign) == 0 ? bits ^ Sign : ~bits;
    }

    private static double RealOf(ReadOnlySpan<byte> value) => value.Length switch
    {
        2 => (double)BinaryPrimitives.ReadHalfLittleEndian(value),
        4 => BinaryPrimitives.ReadSingleLittleEndian(value),
        _ => BinaryPrimitives.ReadDoubleLittleEndian(value),
    };

    private static ulong Unsigned(ReadOnlySpan<byte> value) => value.Length switch
    {
        1 => value[0],
        2 => BinaryPrimitives.ReadUInt16LittleEndian(value),
        4 => BinaryPrimitives.ReadUInt32LittleEndian(value),
        _ => BinaryPrimitives.ReadUInt64LittleEndian(value),
    };

    private static long Signed(ReadOnlySpan<byte> value) => value.Length switch
    {
        1 => (sbyte)value[0],
        2 => BinaryPrimitives.ReadInt16LittleEndian(value),
        4 => BinaryPrimitives.ReadInt32LittleEndian(value),
        _ => BinaryPrimitives.ReadInt64LittleEndian(value),
    };
}
