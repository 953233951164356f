using Varve.Arrow;
using Varve.Storage.Segments;
using Varve.Storage.Segments.Ordering;

namespace Varve.Storage.Views;

/// <summary>Rows of a clustered segment that follow one another by offset, gathered from all its blocks with every look. Any thread.</summary>
/// <param name="rows">The segment.</param>
/// <param name="slot">Holds what is decoded until the view's reader goes on to another segment.</param>
/// <param name="start">How far from the segment's first offset the rows begin.</param>
/// <param name="rowCount">How many they are.</param>
internal sealed class OrderedChunk(SegmentRows rows, OrderedSlot slot, int start, int rowCount)
    : ViewChunk(rows.Info.FirstOffset + start, rowCount)
{
    private volatile RowPick? _pick;

    public override IReadOnlyList<ArrayData> Columns => new DecodedColumns(rows.Schema.Fields.Count, index => slot.Of(rows).Column(index, Pick()));

    public override ArrayData Time => slot.Of(rows).Times(Pick());

    private RowPick Pick() => _pick ??= slot.Of(rows).Pick(start, RowCount);
}
