using System.Runtime.InteropServices;
using Varve.Arrow;

namespace Varve.Query.Types;

/// <summary>
/// How a decimal of Arrow becomes a DECIMAL of at most 38 digits whose scale is not negative and not above its width. Arrow does not promise
/// that a value has no more digits than its type says, so each one is checked.
/// </summary>
internal sealed class DecimalShape
{
    private const int DigitsMax = 38;

    private readonly int _bitWidth;

    /// <summary>1, or the power of ten that a negative scale stands for.</summary>
    private readonly Int128 _factor;

    /// <summary>Exclusive, before the factor.</summary>
    private readonly Int128 _limit;

    private DecimalShape(DecimalType type, int width)
    {
        _bitWidth = type.BitWidth;
        Width = (byte)width;
        Scale = (byte)Math.Max(0, type.Scale);
        _factor = PowerOfTen(Math.Max(0, -type.Scale));
        _limit = PowerOfTen(Math.Min(DigitsMax, type.Precision));
    }

    /// <summary>Digits in SQL.</summary>
    public byte Width { get; }

    /// <summary>Digits right of the point in SQL.</summary>
    public byte Scale { get; }

    public string SqlName => $"DECIMAL({Width},{Scale})";

    /// <summary>Null where more digits would be needed than SQL has.</summary>
    public static DecimalShape? Of(DecimalType type)
    {
        int width = type.Scale < 0 ? type.Precision - type.Scale : Math.Max(type.Precision, type.Scale);
        return width is >= 1 and <= DigitsMax && type.Precision <= DigitsMax ? new DecimalShape(type, width) : null;
    }

    /// <summary>The unscaled value in SQL; false where it has more digits than its type says.</summary>
    public bool TryRead(ReadOnlySpan<byte> bytes, out Int128 value)
    {
        bool fits = true;
        switch (_bitWidth)
        {
            case 32:
                value = MemoryMarshal.Read<int>(bytes);
                break;
            case 64:
                value = MemoryMarshal.Read<long>(bytes);
                break;
            default:
                value = MemoryMarshal.Read<Int128>(bytes);
                fits = _bitWidth == 128 || MemoryMarshal.Read<Int128>(bytes[16..]) == (value < 0 ? Int128.NegativeOne : Int128.Zero);
                break;
        }

        fits &= TryScale(value, out value);
        return fits;
    }

    /// <summary>The unscaled value in SQL of one in Arrow; false where it has more digits than its type says.</summary>
    public bool TryScale(Int128 stored, out Int128 value)
    {
        value = stored * _factor;
        return stored < _limit && stored > -_limit;
    }

    private static Int128 PowerOfTen(int exponent)
    {
        Int128 power = Int128.One;
        for (int i = 0; i < exponent; i++)
            power *= 10;
        return power;
    }
}
