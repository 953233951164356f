using Varve.Arrow;
using Varve.Storage.Segments;
using Varve.Storage.Segments.Ordering;
using Varve.Storage.Zones;

namespace Varve.Storage.Views;

/// <summary>A block of a segment, for scans. Its pages are read and decoded with every look at a column. Any thread.</summary>
/// <param name="rows">The segment.</param>
/// <param name="piece">The block, or a part of it; then its zones are those of the block, which are true of its parts too.</param>
internal sealed class SegmentBlock(SegmentRows rows, BlockPiece piece) : ScanBlock
{
    public override int RowCount => piece.RowCount;

    public override long? FirstOffset => rows.Info.IsClustered ? null : rows.Info.FirstOffset + piece.FirstRow;

    public override Zone OffsetZone => FirstOffset is { } first
        ? new Zone(ZoneValue.Of(first), ZoneValue.Of(first + RowCount - 1), HasNulls: false)
        : rows.File.Block(piece.Block).OffsetZone;

    public override Zone TimeZone => rows.File.Block(piece.Block).TimeZone;

    public override Zone? ZoneOf(int field) => rows.Has(field) ? rows.File.ZoneOf(piece.Block, field) : SegmentGroup.AllNull;

    public override bool MayHold(int field, ZoneValue value) => rows.Has(field) && rows.File.MayHold(piece.Block, field, value);

    public override ArrayData Column(int field, BlockBuffers? buffers) => rows.Column(field, piece, buffers);

    public override ArrayData Times(BlockBuffers? buffers) => rows.Times(piece, buffers);

    public override ArrayData Offsets(BlockBuffers? buffers) => FirstOffset is { } first
        ? OffsetColumn.Following(first, RowCount, buffers)
        : rows.File.Offsets(piece.Block, buffers).Slice(piece.Start, piece.RowCount);
}
