using System.Globalization;

namespace Varve.Storage.Segments.Encoding.Decimals;

/// <summary>
/// How reals that were decimals become whole numbers and come back, after ALP (Afroozeh, Kuffo, Boncz: SIGMOD 2024): n = round(v * 10^e * 10^-f), and
/// v = n * 10^f * 10^-e, in doubles, multiplied from left to right. A value for which that does not give its very bits is an exception.
/// </summary>
internal readonly record struct DecimalScale(int Exponent, int Factor)
{
    /// <summary>10^18 is the greatest power that a whole number of 64 bits holds.</summary>
    public const int ExponentMax = 18;

    /// <summary>Beyond, doubles have gaps between whole numbers that rounding falls into.</summary>
    public const double WholeMax = 1L << 51;

    private static readonly double[] Powers = Make("1e{0}");
    private static readonly double[] Inverses = Make("1e-{0}");

    public double ToWhole => Powers[Exponent];

    public double ToWholeThen => Inverses[Factor];

    public double ToReal => Powers[Factor];

    public double ToRealThen => Inverses[Exponent];

    /// <summary>As it stands in a vector's header.</summary>
    public int Parameter => Exponent | Factor << 8;

    /// <exception cref="VectorFormatException">The parameter is not a scale.</exception>
    public static DecimalScale Of(int parameter)
    {
        DecimalScale scale = new(parameter & 0xFF, parameter >> 8);
        return scale.Exponent <= ExponentMax && scale.Factor <= scale.Exponent
            ? scale
            : throw new VectorFormatException($"decimals have the exponent {scale.Exponent} and the factor {scale.Factor}");
    }

    /// <summary>The doubles nearest to the decimal texts, which are the same everywhere.</summary>
    private static double[] Make(string form)
    {
        double[] made = new double[ExponentMax + 1];
        for (int i = 0; i < made.Length; i++)
            made[i] = double.Parse(string.Format(CultureInfo.InvariantCulture, form, i), CultureInfo.InvariantCulture);
        return made;
    }
}
