using System.Numerics;

namespace Varve.Storage.Segments.Encoding.Choice;

/// <summary>How many bits a value carries, and how many distinct ones there are, as far as a sample tells.</summary>
internal readonly record struct SampleEntropy(double BitsPerValue, double DistinctCount)
{
    private static readonly double[] TimesLog2 = MakeTimesLog2();

    /// <summary>Of the values' high bits, without the lowest ones; the sample is sorted.</summary>
    public static SampleEntropy Of<T>(ReadOnlySpan<T> sorted, int lowBits, int wholeCount)
        where T : unmanaged, IBinaryInteger<T>
    {
        if (sorted.IsEmpty)
            return default;
        double sum = 0;
        int distinct = 0;
        int once = 0;
        int twice = 0;
        T least = sorted[0];
        for (int i = 0; i < sorted.Length; distinct++)
        {
            T high = unchecked(sorted[i] - least) >>> lowBits;
            int from = i++;
            while (i < sorted.Length && unchecked(sorted[i] - least) >>> lowBits == high)
                i++;
            int count = i - from;
            sum += TimesLog2[count];
            once += count == 1 ? 1 : 0;
            twice += count == 2 ? 1 : 0;
        }

        double bits = Math.Log2(sorted.Length) - (sum / sorted.Length);
        if (sorted.Length >= wholeCount)
            return new SampleEntropy(bits, distinct);

        // What a sample has not seen: the corrections of Miller and Madow (1955) for the entropy and of Chao (1984) for the number of kinds.
        bits += (distinct - 1) / (2 * Math.Log(2) * sorted.Length);
        double unseen = (double)once * (once - 1) / (2 * (twice + 1));
        return new SampleEntropy(bits, Math.Min(wholeCount, distinct + unseen));
    }

    private static double[] MakeTimesLog2()
    {
        double[] table = new double[Sample.LengthMax + 1];
        for (int i = 1; i < table.Length; i++)
            table[i] = i * Math.Log2(i);
        return table;
    }
}
