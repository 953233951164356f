using Varve.Storage.Segments.Encoding.Packing;
using Varve.Storage.Zones;

namespace Varve.Storage.Segments.Encoding.Decimals;

/// <summary>Finds the scale that gives a sample of the values the fewest bits, exceptions included.</summary>
internal static class ScaleSearch
{
    private const int SampleLength = 128;

    /// <summary>What an exception's place takes, next to its value.</summary>
    private const int PlaceBits = 16;

    /// <summary>Floats have 7 to 9 digits.</summary>
    private const int FloatExponentMax = 10;

    /// <summary>Short values are kept apart where they are neither few nor nearly all, and this saves a tenth.</summary>
    private const double FewRatio = 0.1;
    private const double DecimalsRatio = 0.02;
    private const double ApartRatio = 0.9;

    /// <summary>Null where more than a third of the sample are exceptions: the values were never decimals.</summary>
    public static ScaleChoice? Of(ReadOnlySpan<double> values)
    {
        double[] sample = Sample(values);
        long[] wholes = new long[sample.Length];
        uint[] exceptions = new uint[sample.Length];
        return Of(sample.Length, DecimalScale.ExponentMax, 64 + PlaceBits, scale =>
        {
            int count = DecimalWhole.Make(sample, scale, wholes, exceptions);
            (long least, long greatest) = Bounds.Of<long>(wholes);
            return new Trial(scale, Width.Between(least, greatest), count);
        });
    }

    /// <summary>The same for floats.</summary>
    public static ScaleChoice? Of(ReadOnlySpan<float> values)
    {
        float[] sample = Sample(values);
        int[] wholes = new int[sample.Length];
        uint[] exceptions = new uint[sample.Length];
        return Of(sample.Length, FloatExponentMax, 32 + PlaceBits, scale =>
        {
            int count = DecimalWhole.Make(sample, scale, wholes, exceptions);
            (int least, int greatest) = Bounds.Of<int>(wholes);
            return new Trial(scale, Width.Between(least, greatest), count);
        });
    }

    /// <summary>What a scale came to: bits of a whole number, and exceptions.</summary>
    private readonly record struct Trial(DecimalScale Scale, int Bits, int Exceptions);

    private static T[] Sample<T>(ReadOnlySpan<T> values)
    {
        var sample = new T[Math.Min(SampleLength, values.Length)];
        if (sample.Length == values.Length)
            values.CopyTo(sample);

        // Steps of the golden ratio are spread evenly and have no period that values could have too.
        for (int i = 0; i < sample.Length && sample.Length < values.Length; i++)
            sample[i] = values[(int)Math.BigMul((ulong)i * 0x9E37_79B9_7F4A_7C15, (ulong)values.Length, out _)];
        return sample;
    }

    private static ScaleChoice? Of(int count, int exponentMax, int exceptionBits, Func<DecimalScale, Trial> tried)
    {
        List<Trial> trials = [];
        for (int exponent = exponentMax; exponent >= 0; exponent--)
        {
            for (int factor = exponent; factor >= 0; factor--)
                trials.Add(tried(new DecimalScale(exponent, factor)));
        }

        trials.Sort((a, b) => Bits(a, count, exceptionBits).CompareTo(Bits(b, count, exceptionBits)));
        int found = trials.FindIndex(t => t.Exceptions <= count / 3);
        if (found < 0)
            return null;
        Trial best = trials[found];
        trials.RemoveAll(t => t.Exceptions < count * FewRatio || t.Exceptions > count * (1 - FewRatio));
        trials.Sort((a, b) => BitsApart(a, best.Bits, count).CompareTo(BitsApart(b, best.Bits, count)));
        bool isWorth = trials.Count > 0 && BitsApart(trials[0], best.Bits, count) < Bits(best, count, exceptionBits) * ApartRatio;
        return new ScaleChoice(best.Scale, isWorth ? trials[0].Scale : null, best.Exceptions <= count * DecimalsRatio);
    }

    private static double Bits(Trial trial, int count, int exceptionBits) =>
        ((double)trial.Bits * count) + ((double)exceptionBits * trial.Exceptions);

    /// <summary>The exceptions take their own bits, and each value one bit that says where it is.</summary>
    private static double BitsApart(Trial trial, int ownBits, int count) =>
        ((double)trial.Bits * (count - trial.Exceptions)) + ((double)ownBits * trial.Exceptions) + count;
}
