using System.Numerics;
using Varve.Query.Pruning.Conditions;
using Varve.Storage.Zones;

namespace Varve.Query.Scan.Filtering;

/// <summary>Makes scans for whole numbers of the width of a column.</summary>
internal static class WholeScans
{
    /// <summary>More values are looked up in a table.</summary>
    private const int ComparedCountMax = 8;

    /// <summary>Null for conditions that keep all.</summary>
    public static ValueScan<T>? Of<T>(ColumnCondition condition)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        switch (condition)
        {
            case Within { Least: null or { Kind: ZoneKind.Whole }, Greatest: null or { Kind: ZoneKind.Whole } } range:
                return Range<T>(range.Least?.Whole ?? Int128.MinValue, range.Greatest?.Whole ?? Int128.MaxValue);
            case OneOf { Values: [{ Kind: ZoneKind.Whole }, ..] } list:
                T[] listed = Fitting<T>(list.Values);
                if (listed.Length == 0)
                    return new NoScan<T>();
                return listed.Length <= ComparedCountMax
                    ? new VectorScan<T, ListMatch<T>>(new ListMatch<T>(listed, isListed: true))
                    : new SetScan<T>(new VectorScan<T, RangeMatch<T>>(new RangeMatch<T>(listed[0], listed[^1])), listed);
            case NoneOf { Values: [{ Kind: ZoneKind.Whole }, ..] } list:
                T[] avoided = Fitting<T>(list.Values);
                return avoided.Length == 0 ? null : new VectorScan<T, ListMatch<T>>(new ListMatch<T>(avoided, isListed: false));
            default:
                return null;
        }
    }

    /// <summary>For values of 128 bits.</summary>
    public static ValueScan<Int128>? Wide(ColumnCondition condition)
    {
        switch (condition)
        {
            case Within { Least: null or { Kind: ZoneKind.Whole }, Greatest: null or { Kind: ZoneKind.Whole } } range:
                Int128 least = range.Least?.Whole ?? Int128.MinValue;
                Int128 greatest = range.Greatest?.Whole ?? Int128.MaxValue;
                return new ScalarScan<Int128>(value => value >= least && value <= greatest);
            case OneOf { Values: [{ Kind: ZoneKind.Whole }, ..] } list:
                HashSet<Int128> listed = [.. list.Values.Select(v => v.Whole)];
                return new ScalarScan<Int128>(listed.Contains);
            case NoneOf { Values: [{ Kind: ZoneKind.Whole }, ..] } list:
                HashSet<Int128> avoided = [.. list.Values.Select(v => v.Whole)];
                return new ScalarScan<Int128>(value => !avoided.Contains(value));
            default:
                return null;
        }
    }

    private static ValueScan<T> Range<T>(Int128 least, Int128 greatest)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        Int128 first = Int128.CreateTruncating(T.MinValue);
        Int128 last = Int128.CreateTruncating(T.MaxValue);
        if (least > last || greatest < first)
            return new NoScan<T>();
        return new VectorScan<T, RangeMatch<T>>(
            new RangeMatch<T>(T.CreateTruncating(Int128.Max(least, first)), T.CreateTruncating(Int128.Min(greatest, last))));
    }

    private static T[] Fitting<T>(ZoneValue[] values)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        Int128 first = Int128.CreateTruncating(T.MinValue);
        Int128 last = Int128.CreateTruncating(T.MaxValue);
        return [.. values.Where(v => v.Whole >= first && v.Whole <= last).Select(v => T.CreateTruncating(v.Whole))];
    }
}
