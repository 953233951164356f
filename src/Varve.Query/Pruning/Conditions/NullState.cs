using Varve.Query.Scan;

namespace Varve.Query.Pruning.Conditions;

/// <summary>The column is null, or is not. For columns of any type.</summary>
internal sealed record NullState(ScanColumn Column, bool IsNull) : Condition
{
    public override ScanColumn OnlyColumn => Column;

    public override bool MayHoldNull => IsNull;

    public override bool MayHold(RowZones rows) => rows.Of(Column) is not { } zone || (IsNull ? zone.HasNulls : !zone.IsEmpty);

    public override bool MayHold(ReadOnlySpan<byte> value) => !IsNull;
}
