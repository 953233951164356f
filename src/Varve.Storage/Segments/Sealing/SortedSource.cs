using Varve.Arrow;
using Varve.Storage.Segments.Ordering;

namespace Varve.Storage.Segments.Sealing;

/// <summary>
/// The rows of another source in another order, cut into blocks anew. Holds all blocks of one column of it at a time: the one that is being asked
/// for. For one thread.
/// </summary>
/// <param name="rows">The other source. Its columns may be dictionary-encoded.</param>
/// <param name="order">The numbers of its rows, in the order wanted.</param>
/// <param name="blockRows">The rows of each block.</param>
/// <param name="keepsOffsets">False where the order wanted is that of the offsets, without gaps.</param>
internal sealed class SortedSource(SegmentSource rows, int[] order, int[] blockRows, bool keepsOffsets) : SegmentSource
{
    private const int TimeField = -1;
    private const int OffsetField = -2;

    private readonly BlockStarts _from = new([.. Enumerable.Range(0, rows.BlockCount).Select(rows.RowCountOf)]);
    private readonly BlockStarts _to = new(blockRows);
    private readonly RowPick?[] _picks = new RowPick?[blockRows.Length];
    private BlockColumn? _column;
    private int _field;

    /// <summary>Called before a block is made: a moment at which more urgent work can be done.</summary>
    public Action Pause { get; init; } = () => { };

    public override Schema Schema => rows.Schema;

    public override int BlockCount => _to.BlockCount;

    public override long FirstOffset => rows.FirstOffset;

    public override int RowCountOf(int block) => _to.RowCountOf(block);

    public override ArrayData Column(int field, int block) => Take(field, block);

    public override ArrayData Times(int block) => Take(TimeField, block);

    public override ArrayData? Offsets(int block) => !keepsOffsets ? null
        : rows.Offsets(0) is null ? OffsetColumn.Of(FirstOffset, RowsOf(block))
        : Take(OffsetField, block);

    private ArrayData Take(int field, int block)
    {
        Pause();
        if (_column is null || _field != field)
        {
            _column = null;
            _column = new BlockColumn(_from, [.. Enumerable.Range(0, rows.BlockCount).Select(from => Load(field, from))]);
            _field = field;
        }

        return _column.Take(_picks[block] ??= new RowPick(_from, RowsOf(block)));
    }

    private ArrayData Load(int field, int block) => field switch
    {
        TimeField => rows.Times(block),
        OffsetField => rows.Offsets(block) ?? OffsetColumn.Following(rows.FirstOffset + _from.FirstRowOf(block), _from.RowCountOf(block)),
        _ => rows.Column(field, block),
    };

    private ReadOnlySpan<int> RowsOf(int block) => order.AsSpan(_to.FirstRowOf(block), _to.RowCountOf(block));
}
