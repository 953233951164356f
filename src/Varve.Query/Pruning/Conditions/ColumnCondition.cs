using Varve.Query.Scan;
using Varve.Storage.Zones;

namespace Varve.Query.Pruning.Conditions;

/// <summary>A condition on the values of one column, which no null fulfils. Immutable.</summary>
internal abstract record ColumnCondition(ScanColumn Column) : Condition
{
    public sealed override ScanColumn OnlyColumn => Column;

    public sealed override bool MayHoldNull => false;

    public sealed override bool MayHold(RowZones rows) =>
        rows.Of(Column) is not { } zone || (!zone.IsEmpty && MayHold(zone) && MayHoldExactly(rows));

    /// <summary>False only where surely no value within the zone, which has some, fulfils the condition.</summary>
    protected abstract bool MayHold(Zone zone);

    /// <summary>The same by what is known of single values.</summary>
    protected virtual bool MayHoldExactly(RowZones rows) => true;

    /// <summary>Whether a value lies at or above another; true where they cannot be compared.</summary>
    protected static bool IsAtLeast(ZoneValue value, ZoneValue other) => value.Kind != other.Kind || value.CompareTo(other) >= 0;
}
