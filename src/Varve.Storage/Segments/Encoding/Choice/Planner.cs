using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Varve.Storage.Segments.Encoding.Codecs;
using Varve.Storage.Segments.Encoding.Packing;

namespace Varve.Storage.Segments.Encoding.Choice;

/// <summary>Finds what is worth trying for a vector, the most promising first.</summary>
internal static class Planner
{
    /// <summary>Vectors that come to less per value, in bits, are not worth a trial of zstd.</summary>
    private const double ZstdWorthBits = 0.25;

    public static List<Plan<T>> Plans<T>(ReadOnlySpan<T> values, T least, T greatest, Allowed allowed)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        List<Plan<T>> plans = [];
        using Scratch<T> scratch = new(Sample.LengthOf(values.Length));
        Sample.Take(values, 0, scratch.Span);
        Estimates.Add(scratch.Span, values.Length, allowed, plans);
        if (allowed.HasFlag(Allowed.Delta) && values.Length > 2)
        {
            plans.Add(Delta(values, 1, allowed));
            int lag = LagSearch.Of(values);
            if (lag > 1)
                plans.Add(Delta(values, lag, allowed));
        }

        if (allowed.HasFlag(Allowed.Scaled))
            AddScaled(values, least, allowed, plans);
        if (allowed.HasFlag(Allowed.Zstd) && Best(plans) > values.Length * ZstdWorthBits / 8)
            AddZstd(values, least, greatest, plans);
        plans.Sort((a, b) => a.EstimatedCost.CompareTo(b.EstimatedCost));
        return plans;
    }

    private static double Best<T>(List<Plan<T>> plans)
        where T : unmanaged => plans.Min(plan => plan.EstimatedCost);

    private static Plan<T> Delta<T>(ReadOnlySpan<T> values, int distance, Allowed allowed)
        where T : unmanaged => Unsafe.SizeOf<T>() switch
        {
            1 => Delta<T, sbyte>(MemoryMarshal.Cast<T, sbyte>(values), distance, allowed),
            2 => Delta<T, short>(MemoryMarshal.Cast<T, short>(values), distance, allowed),
            4 => Delta<T, int>(MemoryMarshal.Cast<T, int>(values), distance, allowed),
            _ => Delta<T, long>(MemoryMarshal.Cast<T, long>(values), distance, allowed),
        };

    private static Plan<T> Delta<T, TSigned>(ReadOnlySpan<TSigned> values, int distance, Allowed allowed)
        where T : unmanaged
        where TSigned : unmanaged, IBinaryInteger<TSigned>, IMinMaxValue<TSigned>
    {
        int count = values.Length - distance;
        using Scratch<TSigned> scratch = new(Sample.LengthOf(count));
        Sample.Take(values, distance, scratch.Span);
        List<Plan<TSigned>> inner = [];
        Estimates.Add(scratch.Span, count, allowed, inner);
        double head = distance * Unsafe.SizeOf<T>() / 2.0;
        return new Plan<T>(VectorEncoding.Delta, Best(inner) + Cost.Of(head, (count * Cost.DeltaValue) + Cost.Layer)) { Distance = distance };
    }

    private static void AddScaled<T>(ReadOnlySpan<T> values, T least, Allowed allowed, List<Plan<T>> plans)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        using Scratch<T> scratch = new(Sample.LengthOf(values.Length));
        Sample.Take(values, 0, scratch.Span);
        ulong unit = CommonUnit.Of<T>(scratch.Span, least);
        if (unit <= 1 || CommonUnit.Of(values, least) is var whole && whole <= 1)
            return;
        foreach (ref T value in scratch.Span)
            value = T.CreateTruncating(Width.Unsigned(unchecked(value - least)) / whole);
        List<Plan<T>> inner = [Delta<T>(scratch.Span, 1, allowed)];
        inner[0] = inner[0] with { EstimatedCost = inner[0].EstimatedCost * values.Length / scratch.Span.Length };
        Estimates.Add(scratch.Span, values.Length, allowed, inner);
        plans.Add(new Plan<T>(VectorEncoding.Scaled, Best(inner) + Cost.Of(0, (values.Length * Cost.ScaledValue) + Cost.Layer)) { Unit = whole });
    }

    private static void AddZstd<T>(ReadOnlySpan<T> values, T least, T greatest, List<Plan<T>> plans)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        int differenceBytes = Math.Max(1, (Width.Between(least, greatest) + 7) / 8);
        double whole = (double)values.Length * differenceBytes;
        for (int planes = 0; planes <= (differenceBytes > 1 ? 1 : 0); planes++)
        {
            double left = ZstdCodec.Try(values, least, differenceBytes, planes == 1);
            plans.Add(new Plan<T>(VectorEncoding.Zstd, Cost.Of(whole * left, (whole * Cost.ZstdByte) + Cost.Layer))
            {
                DifferenceBytes = differenceBytes,
                InPlanes = planes == 1,
            });
        }
    }
}
