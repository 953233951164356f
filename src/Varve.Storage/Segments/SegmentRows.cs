using Varve.Arrow;
using Varve.Arrow.Builders;
using Varve.Arrow.Values;
using Varve.Storage.Segments.Ordering;

namespace Varve.Storage.Segments;

/// <summary>
/// The rows of a segment under the schema of whoever looks at them: the file's columns, and nulls for those that came later. Immutable but for what
/// it keeps of its looks; any thread.
/// </summary>
internal sealed class SegmentRows(SegmentInfo info, SegmentFile file, Schema schema)
{
    /// <summary>What the zeros of an all-null column may take: a wide type could make any block of many rows too much for an array.</summary>
    private const long NullBytesMax = 4 << 20;

    private volatile BlockPiece[]? _pieces;
    private volatile WeakReference<OrderedRows>? _ordered;

    public SegmentInfo Info => info;

    public SegmentFile File => file;

    public Schema Schema => schema;

    /// <summary>Rows that may be looked at together, at most 65,536: fewer where columns of a wide type are missing in the file.</summary>
    public int RowCountMax { get; } = Math.Clamp((int)(NullBytesMax / WidestNullBytes(info, schema)), 1, 65_536);

    /// <summary>Whether the file has the column; if not, it is null in all rows.</summary>
    public bool Has(int field) => field < info.ColumnCount;

    /// <summary>Rows of a column as the file has them: texts may be dictionary-encoded.</summary>
    /// <param name="field">The place in the schema.</param>
    /// <param name="piece">The rows wanted.</param>
    /// <param name="buffers">Lends the memory.</param>
    public ArrayData Column(int field, BlockPiece piece, BlockBuffers? buffers) => Has(field)
        ? file.Column(piece.Block, field, buffers).Slice(piece.Start, piece.RowCount)
        : ColumnAppender.Nulls(schema.Fields[field].Type, piece.RowCount);

    public ArrayData Times(BlockPiece piece, BlockBuffers? buffers) => file.Times(piece.Block, buffers).Slice(piece.Start, piece.RowCount);

    /// <summary>The blocks, cut where they have more rows than <see cref="RowCountMax"/>. Made when first asked for.</summary>
    public BlockPiece[] Pieces => _pieces ??= Cut();

    /// <summary>How many <see cref="Pieces"/> there are, without making them.</summary>
    public int PieceCount
    {
        get
        {
            int count = 0;
            foreach (int blockRows in info.BlockRows)
                count += (blockRows + RowCountMax - 1) / RowCountMax;
            return count;
        }
    }

    /// <summary>Of a clustered segment: its rows in the order of their offsets, shared by all who look at them at the same time.</summary>
    public OrderedRows Ordered
    {
        get
        {
            if (_ordered is { } known && known.TryGetTarget(out OrderedRows? ordered))
                return ordered;
            ordered = new OrderedRows(this);
            _ordered = new WeakReference<OrderedRows>(ordered);
            return ordered;
        }
    }

    private static long WidestNullBytes(SegmentInfo info, Schema schema)
    {
        long widest = 1;
        for (int field = info.ColumnCount; field < schema.Fields.Count; field++)
            widest = Math.Max(widest, ArraySize.NullBytes(schema.Fields[field].Type));
        return widest;
    }

    private BlockPiece[] Cut()
    {
        List<BlockPiece> pieces = [];
        int row = 0;
        for (int block = 0; block < info.BlockRows.Length; block++)
        {
            for (int start = 0; start < info.BlockRows[block]; start += RowCountMax)
            {
                int count = Math.Min(RowCountMax, info.BlockRows[block] - start);
                pieces.Add(new BlockPiece(block, start, count, row));
                row += count;
            }
        }

        return [.. pieces];
    }
}
