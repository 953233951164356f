using Varve.Arrow;
using Varve.Arrow.Values;
using Varve.Storage.Tail;

namespace Varve.Storage.Segments.Sealing;

/// <summary>How rows are cut into blocks where that can be chosen.</summary>
internal static class BlockCut
{
    public const int RowCountMax = 65_536;

    /// <summary>What a block's columns may take in memory, about: blocks are decoded whole.</summary>
    private const long BlockBytesMax = TailChunk.BytesMax;

    /// <summary>The row counts of blocks.</summary>
    /// <param name="rowCount">Of all blocks together.</param>
    /// <param name="rawBytes">What the rows take as plain arrays.</param>
    /// <param name="schema">A column may be null in all rows of a block, and then take more than the average says.</param>
    public static int[] Of(long rowCount, long rawBytes, Schema schema)
    {
        long widest = schema.Fields.Count == 0 ? 1 : schema.Fields.Max(f => ArraySize.NullBytes(f.Type));
        long rowBytes = Math.Max(widest, rawBytes / Math.Max(1, rowCount));
        int perBlock = (int)Math.Clamp(BlockBytesMax / rowBytes, 1, RowCountMax);
        int[] rows = new int[(rowCount + perBlock - 1) / perBlock];
        Array.Fill(rows, perBlock);
        if (rowCount % perBlock != 0)
            rows[^1] = (int)(rowCount % perBlock);
        return rows;
    }
}
