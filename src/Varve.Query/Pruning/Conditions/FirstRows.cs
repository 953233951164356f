using Varve.Query.Scan;

namespace Varve.Query.Pruning.Conditions;

/// <summary>
/// The row is among the first by a column: ORDER BY column LIMIT rows directly over a scan without a filter, or its least or greatest value.
/// Becomes a range once the zones are known (<see cref="FirstRowsBound"/>); by itself it keeps everything.
/// </summary>
/// <param name="Column">By which rows are ordered.</param>
/// <param name="IsDescending">Whether the greatest come first.</param>
/// <param name="HasNullsFirst">Whether nulls stand at the start rather than at the end.</param>
/// <param name="Count">How many rows.</param>
internal sealed record FirstRows(ScanColumn Column, bool IsDescending, bool HasNullsFirst, long Count) : Condition
{
    public override bool MayHoldNull => true;

    public override bool MayHold(RowZones rows) => true;

    public override bool MayHold(ReadOnlySpan<byte> value) => true;
}
