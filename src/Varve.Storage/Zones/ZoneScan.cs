using System.Numerics;
using System.Runtime.InteropServices;
using Varve.Arrow;

namespace Varve.Storage.Zones;

/// <summary>Finds the least and greatest value of an array, in the unit in which it is stored.</summary>
public static class ZoneScan
{
    /// <summary>Null for types whose values have no order here.</summary>
    public static Zone? Of(ArrayData array) => array.Type switch
    {
        IntegerType { BitWidth: 8, IsSigned: true } => Whole<sbyte>(array),
        IntegerType { BitWidth: 16, IsSigned: true } => Whole<short>(array),
        IntegerType { BitWidth: 32, IsSigned: true } => Whole<int>(array),
        IntegerType { BitWidth: 64, IsSigned: true } => Whole<long>(array),
        IntegerType { BitWidth: 8 } => Whole<byte>(array),
        IntegerType { BitWidth: 16 } => Whole<ushort>(array),
        IntegerType { BitWidth: 32 } => Whole<uint>(array),
        IntegerType => Whole<ulong>(array),
        FloatType { BitWidth: 32 } => Real<float>(array),
        FloatType { BitWidth: 64 } => Real<double>(array),
        DateType { Unit: DateUnit.Day } => Whole<int>(array),
        DateType => Whole<long>(array),
        TimestampType => Whole<long>(array),
        _ => null,
    };

    private static Zone Whole<T>(ArrayData array)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        ReadOnlySpan<T> values = MemoryMarshal.Cast<byte, T>(array.Buffers[1].Span).Slice(array.Offset, array.Length);
        if (array.NullCount == array.Length)
            return new Zone(default, default, HasNulls: true, IsEmpty: true);
        (T least, T greatest) = array.NullCount == 0 ? Bounds(values) : BoundsOfValid(array, values);
        return new Zone(
            ZoneValue.Of(Int128.CreateTruncating(least)), ZoneValue.Of(Int128.CreateTruncating(greatest)), array.NullCount > 0);
    }

    private static (T Least, T Greatest) Bounds<T>(ReadOnlySpan<T> values)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        T least = T.MaxValue;
        T greatest = T.MinValue;
        ReadOnlySpan<Vector<T>> vectors = MemoryMarshal.Cast<T, Vector<T>>(values);
        if (vectors.Length > 0)
        {
            Vector<T> least1 = vectors[0];
            Vector<T> greatest1 = vectors[0];
            foreach (Vector<T> vector in vectors[1..])
            {
                least1 = Vector.Min(least1, vector);
                greatest1 = Vector.Max(greatest1, vector);
            }

            for (int i = 0; i < Vector<T>.Count; i++)
                (least, greatest) = (T.Min(least, least1[i]), T.Max(greatest, greatest1[i]));
        }

        foreach (T value in values[(vectors.Length * Vector<T>.Count)..])
            (least, greatest) = (T.Min(least, value), T.Max(greatest, value));
        return (least, greatest);
    }

    private static (T Least, T Greatest) BoundsOfValid<T>(ArrayData array, ReadOnlySpan<T> values)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        T least = T.MaxValue;
        T greatest = T.MinValue;
        ReadOnlySpan<byte> validity = array.Validity;
        for (int i = 0; i < values.Length; i++)
        {
            if (Bitmap.IsSet(validity, array.Offset + i))
                (least, greatest) = (T.Min(least, values[i]), T.Max(greatest, values[i]));
        }

        return (least, greatest);
    }

    private static Zone Real<T>(ArrayData array)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ReadOnlySpan<T> values = MemoryMarshal.Cast<byte, T>(array.Buffers[1].Span).Slice(array.Offset, array.Length);
        if (array.NullCount == array.Length)
            return new Zone(default, default, HasNulls: true, IsEmpty: true);
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
}
