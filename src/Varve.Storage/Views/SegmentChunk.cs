using Varve.Arrow;
using Varve.Arrow.Transform;
using Varve.Storage.Segments;

namespace Varve.Storage.Views;

/// <summary>A block of a segment whose rows stand in the order of their offsets. Pages are read and decoded with every look. Any thread.</summary>
internal sealed class SegmentChunk(SegmentRows rows, BlockPiece piece)
    : ViewChunk(rows.Info.FirstOffset + piece.FirstRow, piece.RowCount)
{
    public override IReadOnlyList<ArrayData> Columns => new DecodedColumns(rows.Schema.Fields.Count, place => Decode(place, null));

    public override ArrayData Time => rows.Times(piece, null);

    public override ArrayData Column(int field, BlockBuffers buffers) => Decode(field, buffers);

    public override ArrayData Times(BlockBuffers buffers) => rows.Times(piece, buffers);

    private ArrayData Decode(int field, BlockBuffers? buffers) => DictionaryDecoder.Flatten(rows.Column(field, piece, buffers), long.MaxValue);
}
