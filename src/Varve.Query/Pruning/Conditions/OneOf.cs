using Varve.Query.Scan;
using Varve.Storage.Zones;

namespace Varve.Query.Pruning.Conditions;

/// <summary>The value is one of several.</summary>
/// <param name="Column">The column.</param>
/// <param name="Values">All of one kind, in order, each once; two at least.</param>
internal sealed record OneOf(ScanColumn Column, ZoneValue[] Values) : ColumnCondition(Column)
{
    /// <summary>More values than this within a block's zone are not looked for one by one: some will be there.</summary>
    private const int SoughtCountMax = 64;

    /// <param name="column">The column.</param>
    /// <param name="values">One or more of one kind.</param>
    public static Condition Create(ScanColumn column, IEnumerable<ZoneValue> values)
    {
        ZoneValue[] sorted = [.. values.Order().Distinct()];
        return sorted is [ZoneValue only] ? new Within(column, only, only) : new OneOf(column, sorted);
    }

    public override bool MayHold(ReadOnlySpan<byte> value)
    {
        int low = 0;
        int high = Values.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            int order = Values[middle].Bytes.SequenceCompareTo(value);
            if (order == 0)
                return true;
            if (order < 0)
                low = middle + 1;
            else
                high = middle - 1;
        }

        return false;
    }

    protected override bool MayHold(Zone zone) =>
        zone.Least.Kind != Values[0].Kind || FirstAtLeast(zone.Least) is var at && at < Values.Length && Values[at] <= zone.Greatest;

    protected override bool MayHoldExactly(RowZones rows)
    {
        if (rows.Of(Column) is not { } zone || zone.Least.Kind != Values[0].Kind)
            return true;
        int first = FirstAtLeast(zone.Least);
        int sought = 0;
        for (int i = first; i < Values.Length && Values[i] <= zone.Greatest; i++)
        {
            if (++sought > SoughtCountMax || rows.MayHold(Column, Values[i]))
                return true;
        }

        return false;
    }

    private int FirstAtLeast(ZoneValue value)
    {
        int at = Array.BinarySearch(Values, value);
        return at < 0 ? ~at : at;
    }
}
