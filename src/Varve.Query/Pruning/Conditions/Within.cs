using Varve.Query.Scan;
using Varve.Storage.Zones;

namespace Varve.Query.Pruning.Conditions;

/// <summary>The value lies within the bounds, both inclusive; a null bound is open.</summary>
internal sealed record Within(ScanColumn Column, ZoneValue? Least, ZoneValue? Greatest) : ColumnCondition(Column)
{
    public override bool MayHold(ReadOnlySpan<byte> value) => IsPoint
        ? value.SequenceEqual(Least!.Value.Bytes)
        : (Least is not { } least || value.SequenceCompareTo(least.Bytes) >= 0)
            && (Greatest is not { } greatest || value.SequenceCompareTo(greatest.Bytes) <= 0);

    /// <summary>Whether only one value lies within.</summary>
    public bool IsPoint => Least is { } least && Greatest is { } greatest && least == greatest;

    /// <summary>Whether another range is of the same column and kind.</summary>
    public bool IsLike(Within other) => Column == other.Column && (Least ?? Greatest)?.Kind == (other.Least ?? other.Greatest)?.Kind;

    /// <summary>Within both.</summary>
    public Condition And(Within other)
    {
        ZoneValue? least = Least is not { } a ? other.Least : other.Least is { } b && b > a ? b : a;
        ZoneValue? greatest = Greatest is not { } c ? other.Greatest : other.Greatest is { } d && d < c ? d : c;
        return least is { } from && greatest is { } to && from > to ? Never : new Within(Column, least, greatest);
    }

    protected override bool MayHold(Zone zone) =>
        (Least is not { } least || IsAtLeast(zone.Greatest, least)) && (Greatest is not { } greatest || IsAtLeast(greatest, zone.Least));

    protected override bool MayHoldExactly(RowZones rows) => !IsPoint || rows.MayHold(Column, Least!.Value);
}
