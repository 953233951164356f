using System.Globalization;
using System.Numerics;

namespace Varve.Arrow.Values;

/// <summary>An exact decimal number: unscaled / 10^scale. Equal by both parts, so 1.0 and 1.00 differ.</summary>
/// <param name="Unscaled">The digits as an integer.</param>
/// <param name="Scale">Digits right of the point; negative for trailing zeros that are not stored.</param>
public readonly record struct DecimalValue(BigInteger Unscaled, int Scale)
{
    /// <summary>Longer texts are no decimal of any Arrow type (76 digits) and are not looked at.</summary>
    private const int TextLengthMax = 256;
    private const int ExponentMax = 512;

    /// <summary>More zeros than this are neither added nor written; no valid type has so many.</summary>
    private const int ScaleMax = 1024;

    private static readonly BigInteger[] Powers = [.. Enumerable.Range(0, 77).Select(n => BigInteger.Pow(10, n))];

    public static implicit operator DecimalValue(decimal value)
    {
        Span<int> bits = stackalloc int[4];
        decimal.GetBits(value, bits);
        BigInteger digits = new UInt128((uint)bits[2], ((ulong)(uint)bits[1] << 32) | (uint)bits[0]);
        return new DecimalValue(bits[3] < 0 ? -digits : digits, (bits[3] >> 16) & 0xFF);
    }

    /// <summary>Reads an optional sign, digits with an optional point, and an optional exponent.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out DecimalValue value)
    {
        value = default;
        int mantissaLength = text.IndexOfAny('e', 'E');
        int exponent = 0;
        if (text.Length is 0 or > TextLengthMax)
            return false;
        if (mantissaLength >= 0 && !TryParseExponent(text[(mantissaLength + 1)..], out exponent))
            return false;
        ReadOnlySpan<char> mantissa = mantissaLength >= 0 ? text[..mantissaLength] : text;
        bool isNegative = mantissa.StartsWith('-');
        if (isNegative || mantissa.StartsWith('+'))
            mantissa = mantissa[1..];
        int point = mantissa.IndexOf('.');
        ReadOnlySpan<char> whole = point < 0 ? mantissa : mantissa[..point];
        ReadOnlySpan<char> fraction = point < 0 ? default : mantissa[(point + 1)..];
        if ((point < 0 ? whole : fraction).IsEmpty || !AreDigits(whole) || !AreDigits(fraction))
            return false;
        BigInteger digits = BigInteger.Parse(string.Concat(whole, fraction), NumberStyles.None, CultureInfo.InvariantCulture);
        value = new DecimalValue(isNegative ? -digits : digits, fraction.Length - exponent);
        return true;
    }

    /// <summary>The unscaled value for another scale, when no digit is lost.</summary>
    public bool TryRescale(int scale, out BigInteger unscaled)
    {
        unscaled = Unscaled;
        if (scale == Scale || Unscaled.IsZero)
            return true;
        long zeros = Math.Abs((long)scale - Scale);
        if (zeros > ScaleMax)
            return false;
        BigInteger power = BigInteger.Pow(10, (int)zeros);
        if (scale > Scale)
        {
            unscaled = Unscaled * power;
            return true;
        }

        unscaled = BigInteger.DivRem(Unscaled, power, out BigInteger rest);
        return rest.IsZero;
    }

    /// <summary>
    /// All digits, with as many right of the point as the scale says, such as <c>-0.050</c>. No exponent, unless the scale is beyond all reason.
    /// </summary>
    public override string ToString()
    {
        string digits = BigInteger.Abs(Unscaled).ToString(CultureInfo.InvariantCulture);
        string sign = Unscaled.Sign < 0 ? "-" : "";
        if (Scale is < -ScaleMax or > ScaleMax)
            return $"{sign}{digits}e{-(long)Scale}";
        if (Scale <= 0)
            return Unscaled.IsZero ? "0" : sign + digits + new string('0', -Scale);
        digits = digits.PadLeft(Scale + 1, '0');
        return $"{sign}{digits[..^Scale]}.{digits[^Scale..]}";
    }

    /// <summary>True when the unscaled value has at most that many digits (up to 76).</summary>
    internal static bool FitsPrecision(BigInteger unscaled, int precision) => BigInteger.Abs(unscaled) < Powers[precision];

    /// <summary>10^<paramref name="exponent"/>, up to 76.</summary>
    internal static BigInteger PowerOf10(int exponent) => Powers[exponent];

    private static bool TryParseExponent(ReadOnlySpan<char> text, out int exponent) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent)
            && exponent is >= -ExponentMax and <= ExponentMax;

    private static bool AreDigits(ReadOnlySpan<char> text) => !text.ContainsAnyExceptInRange('0', '9');

    /// <summary>The text without zeros at the end of its fraction.</summary>
    internal string Trimmed()
    {
        string text = ToString();
        return Scale > 0 ? text.TrimEnd('0').TrimEnd('.') : text;
    }
}
