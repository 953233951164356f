using Varve.Arrow;
using Varve.Arrow.Transform;
using Varve.Storage.Segments.Ordering;

namespace Varve.Storage.Segments.Sealing;

/// <summary>
/// The rows of another source in the same order, which is that of their offsets, cut into blocks anew: many small blocks become few full ones. For
/// one thread.
/// </summary>
/// <param name="rows">The other source. Its columns may be dictionary-encoded.</param>
/// <param name="blockRows">The rows of each block.</param>
internal sealed class RecutSource(SegmentSource rows, int[] blockRows) : SegmentSource
{
    private const int TimeField = -1;

    private readonly BlockStarts _from = new([.. Enumerable.Range(0, rows.BlockCount).Select(rows.RowCountOf)]);
    private readonly BlockStarts _to = new(blockRows);

    public override Schema Schema => rows.Schema;

    public override int BlockCount => _to.BlockCount;

    public override long FirstOffset => rows.FirstOffset;

    public override int RowCountOf(int block) => _to.RowCountOf(block);

    public override ArrayData Column(int field, int block) => Cut(field, block);

    public override ArrayData Times(int block) => Cut(TimeField, block);

    public override ArrayData? Offsets(int block) => null;

    private ArrayData Cut(int field, int block)
    {
        int row = _to.FirstRowOf(block);
        int end = row + _to.RowCountOf(block);
        List<ArrayData> pieces = [];
        while (row < end)
        {
            int from = _from.BlockOf(row);
            int start = row - _from.FirstRowOf(from);
            int count = Math.Min(end - row, _from.RowCountOf(from) - start);
            ArrayData column = field == TimeField ? rows.Times(from) : rows.Column(field, from);
            pieces.Add(DictionaryDecoder.Flatten(column.Slice(start, count), long.MaxValue));
            row += count;
        }

        return ArrayConcat.Concat(pieces);
    }
}
