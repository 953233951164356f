using Varve.Arrow;
using Varve.Storage.Segments.Dictionaries;

namespace Varve.Storage.Segments.Ordering;

/// <summary>
/// Numbers that stand in the order of texts, where many rows have the same text: each distinct one is found by hashing, and only these are sorted.
/// For one thread.
/// </summary>
internal static class TextRanks
{
    /// <summary>Rows after which it is clear whether texts come again.</summary>
    private const int TriedRows = 100_000;

    /// <summary>Writes the rank of each row's text to the keys. False where too many are distinct; the keys mean nothing then.</summary>
    /// <param name="column">Of text or binary with a length per row.</param>
    /// <param name="keys">By row number; those of null rows mean nothing.</param>
    public static bool TryFill(BlockColumn column, Span<ulong> keys)
    {
        ValueTable table = new();
        Dictionary<ArrayData, int[]> dictionaries = [];
        int first = 0;
        foreach (ArrayData block in column.Blocks)
        {
            Span<ulong> blockKeys = keys.Slice(first, block.Length);
            if (!TryNumber(block, table, dictionaries, blockKeys))
                return false;
            first += block.Length;
            if (first >= TriedRows && table.Count > first / 2)
                return false;
        }

        int[] order = ByteOrder.Sort(table);
        int[] ranks = new int[order.Length];
        for (int rank = 0; rank < order.Length; rank++)
            ranks[order[rank]] = rank;
        foreach (ref ulong key in keys)
            key = key == ulong.MaxValue ? key : (ulong)ranks[(int)key];
        return true;
    }

    private static bool TryNumber(ArrayData block, ValueTable table, Dictionary<ArrayData, int[]> dictionaries, Span<ulong> keys)
    {
        ArrayData values = block.Dictionary ?? block;
        if (!dictionaries.TryGetValue(values, out int[]? numbers))
        {
            numbers = new int[values.Length];
            if (!table.TryAdd(values, numbers))
                return false;
            if (block.Dictionary is not null)
                dictionaries.Add(values, numbers);
        }

        CodeRows codes = new(block);
        for (int row = 0; row < keys.Length; row++)
        {
            // The code of a null row may be any.
            bool isNull = block.NullCount > 0 && block.IsNull(row);
            keys[row] = isNull ? ulong.MaxValue : (ulong)numbers[codes[row]];
        }

        return true;
    }
}
