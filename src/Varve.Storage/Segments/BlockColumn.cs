using Varve.Arrow;
using Varve.Arrow.Transform;

namespace Varve.Storage.Segments;

/// <summary>
/// One column of several blocks, whose rows are numbered through, and picked in any order. Columns may be dictionary-encoded; what is picked is
/// plain. Immutable; any thread.
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

    /// <summary>
    /// The rows in the order given. Those of each block are picked first, and then put into their order: blocks are never joined as a whole, which
    /// might be more than an array can hold.
    /// </summary>
    public ArrayData Take(ReadOnlySpan<int> rows)
    {
        int[] ends = new int[blocks.Length];
        foreach (int row in rows)
            ends[starts.BlockOf(row)]++;
        for (int block = 1; block < ends.Length; block++)
            ends[block] += ends[block - 1];

        // From the last row down, so that each block's rows stay in their order and its end becomes its start.
        int[] inBlock = new int[rows.Length];
        int[] places = new int[rows.Length];
        for (int i = rows.Length - 1; i >= 0; i--)
        {
            int block = starts.BlockOf(rows[i]);
            places[i] = --ends[block];
            inBlock[places[i]] = rows[i] - starts.FirstRowOf(block);
        }

        List<ArrayData> picked = [];
        for (int block = 0; block < blocks.Length; block++)
        {
            int end = block + 1 < blocks.Length ? ends[block + 1] : rows.Length;
            if (end > ends[block])
                picked.Add(DictionaryDecoder.Flatten(ArrayTake.Take(blocks[block], inBlock.AsSpan(ends[block]..end)), long.MaxValue));
        }

        return picked.Count == 1 ? picked[0] : ArrayTake.Take(ArrayConcat.Concat(picked), places);
    }
}
