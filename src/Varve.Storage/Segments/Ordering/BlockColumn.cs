using Varve.Arrow;
using Varve.Arrow.Transform;

namespace Varve.Storage.Segments.Ordering;

/// <summary>
/// One column of several blocks, whose rows are numbered through, and picked in any order. Blocks may be dictionary-encoded, each by a dictionary of
/// its own; what is picked is plain. Immutable; any thread.
/// </summary>
internal sealed class BlockColumn(BlockStarts starts, ArrayData[] blocks)
{
    public ReadOnlySpan<ArrayData> Blocks => blocks;

    /// <summary>The block of a row, and its place there.</summary>
    public (ArrayData Block, int Row) Find(int row)
    {
        int block = starts.BlockOf(row);
        return (blocks[block], row - starts.FirstRowOf(block));
    }

    /// <summary>The rows of a pick, in its order. Blocks are never joined as a whole, which might be more than an array can hold.</summary>
    public ArrayData Take(RowPick pick)
    {
        ArrowType type = DictionaryDecoder.Flatten(blocks[0].Type);
        if (type.ByteWidth > 0)
            return FixedGather.Take(type, blocks, pick);
        if (type is Utf8Type or BinaryType or LargeUtf8Type or LargeBinaryType && BytesGather.TryTake(type, blocks, pick) is { } texts)
            return texts;
        List<ArrayData> picked = [];
        for (int block = 0; block < blocks.Length; block++)
        {
            ReadOnlySpan<int> rows = pick.RowsOf(block);
            if (!rows.IsEmpty)
                picked.Add(DictionaryDecoder.Flatten(ArrayTake.Take(blocks[block], rows), long.MaxValue));
        }

        return ArrayTake.Take(ArrayConcat.Concat(picked), pick.Places());
    }
}
