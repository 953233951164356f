using System.Collections.Concurrent;
using Varve.Arrow;

namespace Varve.Storage.Segments.Ordering;

/// <summary>
/// The rows of a clustered segment, put back into the order of their offsets. Keeps what it decodes, whole columns of the segment, for as long as it
/// lives itself: neighbouring rows by offset lie in all blocks. So whoever reads holds on to the one of a single segment at a time. Any thread.
/// </summary>
internal sealed class OrderedRows
{
    private const int TimeField = -1;

    private readonly SegmentRows _rows;
    private readonly BlockStarts _starts;
    private readonly Lazy<int[]> _order;
    private readonly ConcurrentDictionary<int, Lazy<BlockColumn>> _columns = [];

    public OrderedRows(SegmentRows rows)
    {
        _rows = rows;
        _starts = new BlockStarts([.. rows.Pieces.Select(p => p.RowCount)]);
        _order = new Lazy<int[]>(FindOrder);
    }

    public SegmentRows Segment => _rows;

    /// <summary>Where rows that follow one another by offset are.</summary>
    /// <param name="start">How far from the segment's first offset they begin.</param>
    /// <param name="count">At most <see cref="SegmentRows.RowCountMax"/>.</param>
    public RowPick Pick(int start, int count) => new(_starts, _order.Value.AsSpan(start, count));

    /// <summary>Values of picked rows.</summary>
    public ArrayData Column(int field, RowPick rows) => Load(field).Take(rows);

    public ArrayData Times(RowPick rows) => Column(TimeField, rows);

    private BlockColumn Load(int field) => _columns.GetOrAdd(field, f => new Lazy<BlockColumn>(() => Decode(f))).Value;

    private BlockColumn Decode(int field) => new(
        _starts,
        [.. _rows.Pieces.Select(piece => field == TimeField ? _rows.Times(piece, null) : _rows.Column(field, piece, null))]);

    private int[] FindOrder()
    {
        int[] order = new int[_starts.RowCount];
        Array.Fill(order, -1);
        foreach (BlockPiece piece in _rows.Pieces)
        {
            ArrayData offsets = _rows.File.Offsets(piece.Block, null).Slice(piece.Start, piece.RowCount);
            if (!OffsetColumn.TryPlace(offsets, _rows.Info.FirstOffset, piece.FirstRow, order))
            {
                throw new StorageException(
                    StorageErrorCode.Corruption,
                    $"segment {_rows.Info.Id}, block {piece.Block}: its _offset column does not have the offsets from {_rows.Info.FirstOffset} "
                    + $"to {_rows.Info.EndOffset - 1} once each");
            }
        }

        return order;
    }
}
