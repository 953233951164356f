using System.Numerics;
using System.Runtime.InteropServices;
using Varve.Arrow.Values;

namespace Varve.Arrow.Validation;

/// <summary>Values of one width whose bits can say what their type cannot: times of day, decimals, codes.</summary>
internal static class ValueCheck
{
    public static void Values(ColumnCheck check)
    {
        ArrayData array = check.Array;
        switch (array.Type)
        {
            case TimeType { ByteWidth: 4 } type:
                Within<int>(check, 0, (int)type.Unit.PerDay() - 1);
                break;
            case TimeType type:
                Within<long>(check, 0, type.Unit.PerDay() - 1);
                break;
            case DecimalType { BitWidth: 32 } type:
                int limit32 = (int)DecimalValue.PowerOf10(type.Precision) - 1;
                Within(check, -limit32, limit32);
                break;
            case DecimalType { BitWidth: 64 } type:
                long limit64 = (long)DecimalValue.PowerOf10(type.Precision) - 1;
                Within(check, -limit64, limit64);
                break;
            case DecimalType { BitWidth: 128 } type:
                Int128 limit128 = (Int128)DecimalValue.PowerOf10(type.Precision) - 1;
                Within(check, -limit128, limit128);
                break;
            case DecimalType type:
                WideDecimals(check, type);
                break;
            case DictionaryType:
                Codes(check);
                break;
            default:
                break;
        }
    }

    private static void Within<T>(ColumnCheck check, T min, T max)
        where T : unmanaged, IBinaryInteger<T>
    {
        ArrayData array = check.Array;
        ReadOnlySpan<T> values = MemoryMarshal.Cast<byte, T>(array.Buffers[1].Span).Slice(array.Offset, array.Length);
        for (int row = 0; row < values.Length; row++)
        {
            if ((values[row] < min || values[row] > max) && !array.IsNull(row))
                throw check.Fail(row, $"a value from {min} to {max}", $"{values[row]}");
        }
    }

    private static void WideDecimals(ColumnCheck check, DecimalType type)
    {
        for (int row = 0; row < check.Array.Length; row++)
        {
            if (check.Array.IsNull(row))
                continue;
            BigInteger unscaled = ArrayReader.GetDecimal(check.Array, row).Unscaled;
            if (!DecimalValue.FitsPrecision(unscaled, type.Precision))
                throw check.Fail(row, $"at most {type.Precision} digits", $"{unscaled}");
        }
    }

    private static void Codes(ColumnCheck check)
    {
        int valueCount = check.Array.Dictionary!.Length;
        for (int row = 0; row < check.Array.Length; row++)
        {
            if (check.Array.IsNull(row))
                continue;
            Int128 code = ArrayReader.WideCode(check.Array, row);
            if (code < 0 || code >= valueCount)
                throw check.Fail(row, $"a code of a dictionary with {valueCount} values", $"{code}");
        }
    }
}
