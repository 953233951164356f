using Varve.Arrow;
using Varve.Storage.Zones;

namespace Varve.Storage.Segments.Ordering;

/// <summary>
/// Finds the order of a segment's rows by the columns that its stream is clustered by: nulls first, texts by their bytes, rows that are alike in all
/// of the columns as they were. One column at a time is in memory. For one thread.
/// </summary>
internal static class RowOrder
{
    /// <summary>The rows as they stand, numbered.</summary>
    public static int[] AsIs(SegmentSource source)
    {
        int[] rows = new int[StartsOf(source).RowCount];
        for (int i = 0; i < rows.Length; i++)
            rows[i] = i;
        return rows;
    }

    /// <summary>The rows before an offset as they stand, numbered.</summary>
    public static int[] Before(SegmentSource source, long endOffset)
    {
        BlockStarts starts = StartsOf(source);
        List<int> rows = [];
        for (int block = 0; block < starts.BlockCount; block++)
        {
            ReadOnlySpan<long> offsets = OffsetColumn.Values(
                source.Offsets(block) ?? OffsetColumn.Following(source.FirstOffset + starts.FirstRowOf(block), starts.RowCountOf(block)));
            for (int i = 0; i < offsets.Length; i++)
            {
                if (offsets[i] < endOffset)
                    rows.Add(starts.FirstRowOf(block) + i);
            }
        }

        return [.. rows];
    }

    /// <summary>Row numbers in the order of the rows' offsets.</summary>
    /// <exception cref="StorageException">The offsets do not follow one another without gaps.</exception>
    public static int[] ByOffset(SegmentSource source)
    {
        BlockStarts starts = StartsOf(source);
        int[] rows = new int[starts.RowCount];
        Array.Fill(rows, -1);
        for (int block = 0; block < starts.BlockCount; block++)
        {
            ArrayData offsets = source.Offsets(block)
                ?? OffsetColumn.Following(source.FirstOffset + starts.FirstRowOf(block), starts.RowCountOf(block));
            if (!OffsetColumn.TryPlace(offsets, source.FirstOffset, starts.FirstRowOf(block), rows))
            {
                throw new StorageException(
                    StorageErrorCode.Corruption,
                    $"{rows.Length} rows in segments from offset {source.FirstOffset} on do not have the offsets from there once each");
            }
        }

        return rows;
    }

    /// <summary>Puts row numbers into the order of columns, stably.</summary>
    /// <param name="rows">All of the source's rows.</param>
    /// <param name="source">Its columns may be dictionary-encoded.</param>
    /// <param name="columns">Places of columns, the most important first.</param>
    public static void Sort(int[] rows, SegmentSource source, ReadOnlySpan<int> columns)
    {
        BlockStarts starts = StartsOf(source);
        ulong[] keys = new ulong[rows.Length];
        RadixOrder radix = new();
        for (int i = columns.Length - 1; i >= 0; i--)
        {
            int field = columns[i];
            BlockColumn column = new(starts, [.. Enumerable.Range(0, starts.BlockCount).Select(block => source.Column(field, block))]);
            SortBy(column, source.Schema.Fields[field].Type, starts, rows, keys, radix);
        }
    }

    private static void SortBy(BlockColumn column, ArrowType type, BlockStarts starts, int[] rows, ulong[] keys, RadixOrder radix)
    {
        int nullCount = 0;
        foreach (ArrayData block in column.Blocks)
            nullCount += block.NullCount;
        if (nullCount > 0)
        {
            for (int block = 0; block < starts.BlockCount; block++)
            {
                for (int i = 0; i < column.Blocks[block].Length; i++)
                    keys[starts.FirstRowOf(block) + i] = column.Blocks[block].IsNull(i) ? 0UL : 1;
            }

            radix.Sort(rows, keys);
        }

        Span<int> present = rows.AsSpan(nullCount);
        if (present.IsEmpty)
            return;
        if (ByteRows.HasLengths(type) && TextRanks.TryFill(column, keys))
        {
            radix.Sort(present, keys);
            return;
        }

        if (ByteRows.AreOf(type))
        {
            new BytesOrder(column, radix, keys).Sort(present);
            return;
        }

        for (int word = 0; word < SortKeys.WordCount(type); word++)
        {
            for (int block = 0; block < starts.BlockCount; block++)
                SortKeys.Fill(column.Blocks[block], word, keys.AsSpan(starts.FirstRowOf(block), column.Blocks[block].Length));
            radix.Sort(present, keys);
        }
    }

    private static BlockStarts StartsOf(SegmentSource source) =>
        new([.. Enumerable.Range(0, source.BlockCount).Select(source.RowCountOf)]);
}
