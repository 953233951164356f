using Varve.Arrow;
using Varve.Storage.Segments.Ordering;

namespace Varve.Storage.Segments.Sealing;

/// <summary>
/// The rows of neighbouring segments as their files have them, one behind the other; text columns may be dictionary-encoded, each segment by its own
/// dictionary. What else is to be done with them, <see cref="RecutSource"/> and <see cref="SortedSource"/> do. Holds the block that it looked at
/// last, which may be asked for in pieces. For one thread.
/// </summary>
/// <remarks>A segment that cannot be read ends the merge: <see cref="DamagedSegmentException"/>.</remarks>
internal sealed class MergeSource : SegmentSource
{
    private const int TimeField = -1;
    private const int OffsetField = -2;

    private readonly (SegmentRows Rows, BlockPiece Piece)[] _blocks;
    private (SegmentRows Rows, int Block, int Field, ArrayData Column)? _last;

    public MergeSource(IReadOnlyList<SegmentRows> segments)
    {
        _blocks = [.. segments.SelectMany(rows => rows.Pieces.Select(piece => (rows, piece)))];
        Schema = segments[0].Schema;
        FirstOffset = segments[0].Info.FirstOffset;
        HasOrder = segments.All(rows => !rows.Info.IsClustered);
    }

    /// <summary>Called before a block is read: a moment at which more urgent work can be done.</summary>
    public Action Pause { get; init; } = () => { };

    public override Schema Schema { get; }

    public override int BlockCount => _blocks.Length;

    public override long FirstOffset { get; }

    /// <summary>Whether the rows stand in the order of their offsets.</summary>
    public bool HasOrder { get; }

    public override int RowCountOf(int block) => _blocks[block].Piece.RowCount;

    public override ArrayData Column(int field, int block) => Load(field, block);

    public override ArrayData Times(int block) => Load(TimeField, block);

    /// <summary>
    /// Of every block, also where they follow one another, so that those of blocks that do and of blocks that do not can be joined.
    /// </summary>
    public override ArrayData? Offsets(int block)
    {
        (SegmentRows rows, BlockPiece piece) = _blocks[block];
        return rows.Info.IsClustered
            ? Load(OffsetField, block)
            : OffsetColumn.Following(rows.Info.FirstOffset + piece.FirstRow, piece.RowCount);
    }

    private ArrayData Load(int field, int block)
    {
        (SegmentRows rows, BlockPiece piece) = _blocks[block];
        if (field >= 0 && !rows.Has(field))
            return rows.Column(field, piece, null);
        if (_last is not { } last || last.Rows != rows || last.Block != piece.Block || last.Field != field)
        {
            Pause();
            _last = last = (rows, piece.Block, field, Decode(rows, piece.Block, field));
        }

        return last.Column.Slice(piece.Start, piece.RowCount);
    }

    private static ArrayData Decode(SegmentRows rows, int block, int field)
    {
        try
        {
            return field switch
            {
                TimeField => rows.File.Times(block, null),
                OffsetField => rows.File.Offsets(block, null),
                _ => rows.File.Column(block, field, null),
            };
        }
        catch (StorageException e) when (e.Code == StorageErrorCode.Corruption)
        {
            throw new DamagedSegmentException(rows.Info, e);
        }
    }
}
