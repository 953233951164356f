using Varve.Arrow;
using Varve.Storage.Segments.Ordering;
using Varve.Storage.Zones;

namespace Varve.Storage.Views;

/// <summary>
/// The first rows of a chunk, for scans of a view that was cut there. Its columns have memory of their own, whatever buffers are lent. Any thread.
/// </summary>
internal sealed class CutBlock(ViewChunk chunk, int rowCount) : ScanBlock
{
    public override int RowCount => rowCount;

    public override long? FirstOffset => chunk.FirstOffset;

    public override Zone OffsetZone =>
        new(ZoneValue.Of(chunk.FirstOffset), ZoneValue.Of(chunk.FirstOffset + rowCount - 1), HasNulls: false);

    public override Zone TimeZone
    {
        get
        {
            ReadOnlySpan<long> times = ViewCut.Times(chunk);
            return new Zone(ZoneValue.Of(times[0]), ZoneValue.Of(times[rowCount - 1]), HasNulls: false);
        }
    }

    public override Zone? ZoneOf(int field) => null;

    public override ArrayData Column(int field, BlockBuffers? buffers) => chunk.Columns[field].Slice(0, rowCount);

    public override ArrayData Times(BlockBuffers? buffers) => chunk.Time.Slice(0, rowCount);

    public override ArrayData Offsets(BlockBuffers? buffers) => OffsetColumn.Following(chunk.FirstOffset, rowCount, buffers);
}
