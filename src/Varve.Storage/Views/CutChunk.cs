using Varve.Arrow;

namespace Varve.Storage.Views;

/// <summary>The first rows of a chunk. As immutable as the chunk; any thread.</summary>
internal sealed class CutChunk(ViewChunk chunk, int rowCount) : ViewChunk(chunk.FirstOffset, rowCount)
{
    public override IReadOnlyList<ArrayData> Columns => new DecodedColumns(chunk.Columns.Count, i => chunk.Columns[i].Slice(0, RowCount));

    public override ArrayData Time => chunk.Time.Slice(0, RowCount);

    public override ArrayData Column(int field, BlockBuffers buffers) => chunk.Column(field, buffers).Slice(0, RowCount);

    public override ArrayData Times(BlockBuffers buffers) => chunk.Times(buffers).Slice(0, RowCount);
}
