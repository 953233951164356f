using System.Numerics;
using Varve.Query.Pruning.Conditions;
using Varve.Storage.Zones;

namespace Varve.Query.Scan.Filtering;

/// <summary>Makes scans for real numbers of the width of a column; the constants have that of double.</summary>
internal static class RealScans
{
    /// <summary>More values are looked up in a table.</summary>
    private const int ComparedCountMax = 8;

    /// <summary>Null for conditions that keep all.</summary>
    public static ValueScan<T>? Of<T>(ColumnCondition condition)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        switch (condition)
        {
            case Within { Least: null or { Kind: ZoneKind.Real }, Greatest: null or { Kind: ZoneKind.Real } } range:
                return Range<T>(range.Least?.Real ?? double.NegativeInfinity, range.Greatest?.Real ?? double.NaN);
            case OneOf { Values: [{ Kind: ZoneKind.Real }, ..] } list:
                T[] listed = Fitting<T>(list.Values);
                if (listed.Length == 0)
                    return new NoScan<T>();
                return listed.Length <= ComparedCountMax
                    ? new VectorScan<T, ListMatch<T>>(new ListMatch<T>(listed, isListed: true))
                    : new SetScan<T>(new VectorScan<T, RealRangeMatch<T>>(new RealRangeMatch<T>(listed[0], listed[^1], isOpen: false)), listed);
            case NoneOf { Values: [{ Kind: ZoneKind.Real }, ..] } list:
                T[] avoided = Fitting<T>(list.Values);
                return avoided.Length == 0 ? null : new VectorScan<T, ListMatch<T>>(new ListMatch<T>(avoided, isListed: false));
            default:
                return null;
        }
    }

    /// <summary>An upper bound of NaN is none.</summary>
    private static ValueScan<T> Range<T>(double least, double greatest)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (double.IsNaN(least))
            return new VectorScan<T, NaNMatch<T>>(default);
        T from = T.CreateTruncating(least);
        if (double.CreateTruncating(from) < least)
            from = T.BitIncrement(from);
        T to = T.CreateTruncating(greatest);
        if (double.CreateTruncating(to) > greatest)
            to = T.BitDecrement(to);
        return new VectorScan<T, RealRangeMatch<T>>(new RealRangeMatch<T>(from, to, isOpen: double.IsNaN(greatest)));
    }

    private static T[] Fitting<T>(ZoneValue[] values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        [.. values.Select(v => T.CreateTruncating(v.Real)).Where((fit, i) => double.CreateTruncating(fit) == values[i].Real)];
}
