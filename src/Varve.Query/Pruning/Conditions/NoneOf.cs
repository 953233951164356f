using Varve.Query.Scan;
using Varve.Storage.Zones;

namespace Varve.Query.Pruning.Conditions;

/// <summary>The value is another than these, of which there are few.</summary>
/// <param name="Column">The column.</param>
/// <param name="Values">All of one kind, in order, each once; one at least.</param>
internal sealed record NoneOf(ScanColumn Column, ZoneValue[] Values) : ColumnCondition(Column)
{
    public override bool MayHold(ReadOnlySpan<byte> value)
    {
        foreach (ZoneValue other in Values)
        {
            if (value.SequenceEqual(other.Bytes))
                return false;
        }

        return true;
    }

    /// <summary>Bounds that meet are the only value.</summary>
    protected override bool MayHold(Zone zone) => zone.Least != zone.Greatest || Array.IndexOf(Values, zone.Least) < 0;
}
