using System.Numerics;
using Varve.Storage.Segments.Encoding.Codecs;
using Varve.Storage.Segments.Encoding.Entropy;
using Varve.Storage.Segments.Encoding.Packing;
using Varve.Storage.Zones;

namespace Varve.Storage.Segments.Encoding.Choice;

/// <summary>
/// What the encodings would cost for values of which a sample is known. Estimates only have to find what is worth trying: what is written is chosen
/// by what it came to.
/// </summary>
internal static class Estimates
{
    /// <summary>An exception's place, next to the logarithm of their distance.</summary>
    private const double PlaceBits = 2;

    /// <summary>A symbol's share of a table, and what its value takes next to the logarithm of their distance.</summary>
    private const double ShareBits = 5;
    private const double ValueBits = 2;

    /// <summary>High bits that are worth counting: fewer tell too little, more are too many symbols.</summary>
    private const int HighBitsMin = 8;
    private const int HighBitsMax = 11;

    /// <summary>Adds a plan for each encoding that is allowed and could be worth it.</summary>
    /// <param name="sample">In the order of the values; sorted on return.</param>
    /// <param name="count">The values for which the sample stands.</param>
    /// <param name="allowed">What may be tried.</param>
    /// <param name="plans">Takes the plans.</param>
    public static void Add<T>(Span<T> sample, int count, Allowed allowed, List<Plan<T>> plans)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        if (allowed.HasFlag(Allowed.Runs))
            AddRuns(sample, count, plans);
        double frameBits = FrameBits<T>(sample);
        RadixSort.Sort(sample);
        plans.Add(new Plan<T>(VectorEncoding.Frame, Cost.Of(count * frameBits / 8, count * Cost.FrameValue)));
        AddSymbols<T>(sample, count, allowed, HighBitsMin, plans);
        if (allowed.HasFlag(Allowed.Patched))
            AddPatched<T>(sample, count, allowed, plans);
    }

    /// <summary>The average over blocks, with a block's base and width.</summary>
    private static double FrameBits<T>(ReadOnlySpan<T> sample)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        double bits = 0;
        int stretches = 0;
        for (int from = 0; from < sample.Length; from += Sample.StretchLength, stretches++)
        {
            (T least, T greatest) = Bounds.Of(sample.Slice(from, Math.Min(Sample.StretchLength, sample.Length - from)));
            bits += Width.Between(least, greatest);
        }

        return bits / Math.Max(1, stretches);
    }

    private static void AddRuns<T>(ReadOnlySpan<T> sample, int count, List<Plan<T>> plans)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        int changes = 1;
        for (int i = 1; i < sample.Length; i++)
            changes += sample[i] != sample[i - 1] ? 1 : 0;
        double runs = (double)count * changes / Math.Max(1, sample.Length);
        if (runs > count * 0.4)
            return;
        (T least, T greatest) = Bounds.Of(sample);
        double bits = Math.Log2(count / runs) + PlaceBits + Math.Min(Width.Between(least, greatest), Math.Log2(changes) + 1);
        plans.Add(new Plan<T>(VectorEncoding.Runs, Cost.Of(runs * bits / 8, (runs * Cost.RunValue) + Cost.Layer)));
    }

    private static void AddSymbols<T>(ReadOnlySpan<T> sorted, int count, Allowed allowed, int highBitsMin, List<Plan<T>> plans)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        if (sorted.IsEmpty)
            return;
        int rangeBits = Width.Between(sorted[0], sorted[^1]);
        SampleEntropy whole = SampleEntropy.Of(sorted, 0, count);
        double valueBits = Math.Max(0, rangeBits - Math.Log2(whole.DistinctCount)) + ValueBits;
        if (allowed.HasFlag(Allowed.Dictionary) && whole.DistinctCount <= DictionaryCodec.DistinctMax && whole.DistinctCount < count * 0.7)
        {
            double bytes = ((count * Math.Ceiling(Math.Log2(whole.DistinctCount))) + (whole.DistinctCount * valueBits)) / 8;
            plans.Add(new Plan<T>(VectorEncoding.Dictionary, Cost.Of(bytes, (count * Cost.DictionaryValue) + Cost.Layer)));
        }

        if (!allowed.HasFlag(Allowed.Entropy))
            return;
        if (whole.DistinctCount <= AnsModel.SymbolsMax * 1.2)
            plans.Add(new Plan<T>(VectorEncoding.Entropy, EntropyCost(whole, valueBits, count)));
        if (!allowed.HasFlag(Allowed.Split) || rangeBits <= HighBitsMax)
            return;
        Plan<T> best = new(VectorEncoding.Split, double.PositiveInfinity);
        for (int highBits = highBitsMin; highBits <= HighBitsMax; highBits++)
        {
            int lowBits = rangeBits - highBits;
            double cost = EntropyCost(SampleEntropy.Of(sorted, lowBits, count), ValueBits, count)
                + Cost.Of(count * lowBits / 8.0, (count * Cost.SplitValue) + Cost.Layer);
            if (cost < best.EstimatedCost)
                best = best with { EstimatedCost = cost, LowBits = lowBits };
        }

        plans.Add(best);
    }

    private static double EntropyCost(SampleEntropy entropy, double valueBits, int count)
    {
        double bytes = ((count * entropy.BitsPerValue) + (entropy.DistinctCount * (ShareBits + valueBits))) / 8;
        double tablePlaces = Math.Min(1 << AnsModel.TableBitsMax, entropy.DistinctCount * 16);
        return Cost.Of(bytes, (count * Cost.EntropyValue) + (tablePlaces * Cost.EntropyTablePlace) + Cost.Layer);
    }

    private static void AddPatched<T>(ReadOnlySpan<T> sorted, int count, Allowed allowed, List<Plan<T>> plans)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        if (sorted.IsEmpty)
            return;
        int rangeBits = Width.Between(sorted[0], sorted[^1]);
        Plan<T> best = new(VectorEncoding.Patched, double.PositiveInfinity);
        List<Plan<T>> kept = [];
        for (int bits = rangeBits - 1; bits >= 0; bits--)
        {
            (int from, int length) = Window(sorted, bits);
            double patches = count * (1 - ((double)length / sorted.Length));
            if (patches > count * 0.3)
                break;
            ReadOnlySpan<T> window = sorted.Slice(from, length);
            double patchBits = Math.Log2(count / Math.Max(1, patches)) + PlaceBits + Math.Min(rangeBits, Math.Log2(sorted.Length - length + 1) + 2);
            double patchCost = Cost.Of(patches * patchBits / 8, (patches * Cost.PatchValue) + Cost.Layer);
            kept.Clear();
            kept.Add(new Plan<T>(VectorEncoding.Frame, Cost.Of(count * bits / 8.0, count * Cost.FrameValue)));
            AddSymbols(window, count, allowed & ~Allowed.Dictionary, HighBitsMax - 1, kept);
            foreach (Plan<T> plan in kept)
            {
                if (plan.EstimatedCost + patchCost < best.EstimatedCost)
                    best = best with { EstimatedCost = plan.EstimatedCost + patchCost, Least = window[0], Greatest = window[^1] };
            }
        }

        if (best.EstimatedCost < double.PositiveInfinity)
            plans.Add(best);
    }

    /// <summary>The stretch of the sorted sample whose values are within that many bits and which has most of them.</summary>
    private static (int From, int Length) Window<T>(ReadOnlySpan<T> sorted, int bits)
        where T : unmanaged, IBinaryInteger<T>
    {
        (int From, int Length) best = default;
        int from = 0;
        for (int to = 0; to < sorted.Length; to++)
        {
            while (Width.Between(sorted[from], sorted[to]) > bits)
                from++;
            if (to - from + 1 > best.Length)
                best = (from, to - from + 1);
        }

        return best;
    }
}
