using Varve.Query.Scan;
using Varve.Storage.Zones;

namespace Varve.Query.Pruning.Conditions;

/// <summary>A text matches a pattern, or does not.</summary>
/// <param name="Column">The column.</param>
/// <param name="Pattern">What of.</param>
/// <param name="Matches">False for texts that do not match.</param>
internal sealed record TextMatch(ScanColumn Column, TextPattern Pattern, bool Matches) : ColumnCondition(Column)
{
    public override bool MayHold(ReadOnlySpan<byte> value) => Pattern.IsMatch(value) == Matches;

    /// <summary>All texts with a prefix stand together.</summary>
    protected override bool MayHold(Zone zone)
    {
        ReadOnlySpan<byte> prefix = Pattern.Prefix;
        if (prefix.IsEmpty || zone.Least.Kind != ZoneKind.Bytes)
            return true;
        ReadOnlySpan<byte> least = zone.Least.Bytes;
        ReadOnlySpan<byte> greatest = zone.Greatest.Bytes;
        return Matches
            ? greatest.SequenceCompareTo(prefix) >= 0 && (least.StartsWith(prefix) || least.SequenceCompareTo(prefix) <= 0)
            : !Pattern.IsPrefix || !least.StartsWith(prefix) || !greatest.StartsWith(prefix);
    }
}
