using Varve.Arrow;
using Varve.Storage.Segments;
using Varve.Storage.Segments.Ordering;

namespace Varve.Storage.Tests.Segments.Sealing;

/// <summary>Batches as blocks of a segment to be.</summary>
internal sealed class BatchSource(IReadOnlyList<RecordBatch> blocks, IReadOnlyList<ArrayData>? offsets = null, long firstOffset = 0) : SegmentSource
{
    public override Schema Schema => blocks[0].Schema;

    public override int BlockCount => blocks.Count;

    public override long FirstOffset => firstOffset;

    public override int RowCountOf(int block) => blocks[block].RowCount;

    public override ArrayData Column(int field, int block) => blocks[block].Columns[field];

    public override ArrayData Times(int block) => OffsetColumn.Following(1_000, blocks[block].RowCount);

    public override ArrayData? Offsets(int block) => offsets?[block];
}
