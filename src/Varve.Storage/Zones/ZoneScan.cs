using System.Numerics;
using System.Runtime.InteropServices;
using Varve.Arrow;

namespace Varve.Storage.Zones;

/// <summary>Finds the least and greatest value of an array, in the unit in which it is stored.</summary>
/// <remarks>
/// Whole numbers: integers, dates, times, timestamps, durations, decimals of up to 128 bits without their point, and booleans as 0 and 1. Real ones:
/// floats. Bytes: text and binary of every layout.
/// </remarks>
public static class ZoneScan
{
    /// <summary>Longer bytes are cut, see <see cref="OfBytes"/>.</summary>
    public const int BytesMax = 32;

    /// <summary>Null for types whose values have no order here.</summary>
    public static Zone? Of(ArrayData array)
    {
        if (array.Length == array.NullCount)
            return HasOrder(array.Type) ? new Zone(default, default, HasNulls: true, IsEmpty: true) : null;
        return array.Type switch
        {
            BooleanType => Boolean(array),
            IntegerType { BitWidth: 8, IsSigned: true } => Whole<sbyte>(array),
            IntegerType { BitWidth: 16, IsSigned: true } => Whole<short>(array),
            IntegerType { BitWidth: 8 } => Whole<byte>(array),
            IntegerType { BitWidth: 16 } => Whole<ushort>(array),
            IntegerType { BitWidth: 32, IsSigned: false } => Whole<uint>(array),
            IntegerType { BitWidth: 64, IsSigned: false } => Whole<ulong>(array),
            FloatType { BitWidth: 16 } => Real<Half>(array),
            FloatType { BitWidth: 32 } => Real<float>(array),
            FloatType => Real<double>(array),
            DecimalType { BitWidth: 128 } => WholeOneByOne<Int128>(array),
            DecimalType { BitWidth: 256 } or IntervalType => null,
            IntegerType or DateType or TimeType or TimestampType or DurationType or DecimalType =>
                array.Type.ByteWidth == sizeof(int) ? Whole<int>(array) : Whole<long>(array),
            _ => ByteRows.AreOf(array.Type) ? Bytes(array) : null,
        };
    }

    /// <summary>A zone that holds what both hold; null where nothing is known of one.</summary>
    public static Zone? Join(Zone? first, Zone? second)
    {
        if (first is not { } a || second is not { } b)
            return null;
        bool hasNulls = a.HasNulls || b.HasNulls;
        if (a.IsEmpty || b.IsEmpty)
            return (a.IsEmpty ? b : a) with { HasNulls = hasNulls };
        return new Zone(a.Least <= b.Least ? a.Least : b.Least, a.Greatest >= b.Greatest ? a.Greatest : b.Greatest, hasNulls);
    }

    /// <summary>
    /// The zone of bytes between these two. Long ones are cut: the least to its first bytes, the greatest to the next greater value of as many bytes.
    /// Null where there is none, since all are 0xFF.
    /// </summary>
    public static Zone? OfBytes(ReadOnlySpan<byte> least, ReadOnlySpan<byte> greatest, bool hasNulls)
    {
        ZoneValue first = ZoneValue.OfBytes(least[..Math.Min(least.Length, BytesMax)]);
        if (greatest.Length <= BytesMax)
            return new Zone(first, ZoneValue.OfBytes(greatest), hasNulls);
        byte[] above = greatest[..BytesMax].ToArray();
        int last = BytesMax - 1;
        while (last >= 0 && above[last] == byte.MaxValue)
            last--;
        if (last < 0)
            return null;
        above[last]++;
        return new Zone(first, ZoneValue.OfBytes(above.AsSpan(0, last + 1)), hasNulls);
    }

    private static bool HasOrder(ArrowType type) => type switch
    {
        NullType or IntervalType or DecimalType { BitWidth: 256 } => false,
        _ => type is BooleanType || type.ByteWidth > 0 || ByteRows.AreOf(type),
    };

    private static Zone Boolean(ArrayData array)
    {
        ReadOnlySpan<byte> bits = array.Buffers[1].Span;
        int falses = 0;
        int trues = 0;
        for (int i = 0; i < array.Length && (falses == 0 || trues == 0); i++)
        {
            if (array.NullCount > 0 && array.IsNull(i))
                continue;
            if (Bitmap.IsSet(bits, array.Offset + i))
                trues++;
            else
                falses++;
        }

        return new Zone(ZoneValue.Of(falses > 0 ? 0 : 1), ZoneValue.Of(trues > 0 ? 1 : 0), array.NullCount > 0);
    }

    private static Zone Whole<T>(ArrayData array)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        if (array.NullCount > 0)
            return WholeOneByOne<T>(array);
        (T least, T greatest) = Bounds.Of(Values<T>(array));
        return new Zone(ZoneValue.Of(Int128.CreateTruncating(least)), ZoneValue.Of(Int128.CreateTruncating(greatest)), HasNulls: false);
    }

    private static Zone WholeOneByOne<T>(ArrayData array)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        T least = T.MaxValue;
        T greatest = T.MinValue;
        ReadOnlySpan<T> values = Values<T>(array);
        for (int i = 0; i < values.Length; i++)
        {
            if (array.NullCount == 0 || !array.IsNull(i))
                (least, greatest) = (T.Min(least, values[i]), T.Max(greatest, values[i]));
        }

        return new Zone(
            ZoneValue.Of(Int128.CreateTruncating(least)), ZoneValue.Of(Int128.CreateTruncating(greatest)), array.NullCount > 0);
    }

    private static Zone Real<T>(ArrayData array)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ReadOnlySpan<T> values = Values<T>(array);
        T least = T.NaN;
        T greatest = T.NegativeInfinity;
        bool hasNan = false;
        for (int i = 0; i < values.Length; i++)
        {
            if (array.NullCount > 0 && array.IsNull(i))
                continue;
            T value = values[i];

            // Comparisons with NaN are false, hence the turned-around first one: the first real value takes its place.
            least = least <= value ? least : T.IsNaN(value) ? least : value;
            greatest = value > greatest ? value : greatest;
            hasNan |= T.IsNaN(value);
        }

        return new Zone(
            ZoneValue.OfReal(double.CreateTruncating(least)),
            ZoneValue.OfReal(hasNan ? double.NaN : double.CreateTruncating(greatest)),
            array.NullCount > 0);
    }

    private static Zone? Bytes(ArrayData array)
    {
        ByteRows rows = new(array);
        int least = -1;
        int greatest = -1;
        for (int i = 0; i < array.Length; i++)
        {
            if (array.NullCount > 0 && array.IsNull(i))
                continue;
            if (least < 0 || rows[i].SequenceCompareTo(rows[least]) < 0)
                least = i;
            if (greatest < 0 || rows[i].SequenceCompareTo(rows[greatest]) > 0)
                greatest = i;
        }

        return OfBytes(rows[least], rows[greatest], array.NullCount > 0);
    }

    private static ReadOnlySpan<T> Values<T>(ArrayData array)
        where T : unmanaged => MemoryMarshal.Cast<byte, T>(array.Buffers[1].Span).Slice(array.Offset, array.Length);
}
