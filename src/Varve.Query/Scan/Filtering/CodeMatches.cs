using System.Numerics;
using Varve.Arrow;
using Varve.Query.Pruning.Conditions;
using Varve.Storage.Zones;

namespace Varve.Query.Scan.Filtering;

/// <summary>Which values of a dictionary fulfil a condition: a run of codes, or a table of all. Immutable.</summary>
internal sealed class CodeMatches
{
    /// <summary>In words with fewer rows left, these are looked up one by one.</summary>
    private const int FewRows = 16;

    private readonly int _first;
    private readonly int _end;

    /// <summary>1 for a match; null where the matches are [first, end).</summary>
    private readonly byte[]? _table;

    private CodeMatches(int first, int end) => (_first, _end) = (first, end);

    private CodeMatches(byte[] table) => _table = table;

    /// <param name="values">The dictionary, in the order of its bytes: ranges and single values are found by halving.</param>
    /// <param name="condition">On one column of text or binary.</param>
    public static CodeMatches Of(ArrayData values, Condition condition)
    {
        // A dictionary with a null in it is not one of ours: nothing is known of its rows.
        if (values.NullCount > 0)
            return new CodeMatches(0, values.Length);
        var bytes = new ByteValues(values);
        return condition switch
        {
            Within range => new CodeMatches(
                range.Least is { } least ? CountBelow(bytes, values.Length, least.Bytes, orEqual: false) : 0,
                range.Greatest is { } greatest ? CountBelow(bytes, values.Length, greatest.Bytes, orEqual: true) : values.Length),
            OneOf list => Of(bytes, values.Length, list),
            _ => Of(bytes, values.Length, condition),
        };
    }

    /// <summary>Takes those rows out of the set whose code is not one of a match.</summary>
    /// <param name="codes">One per row of the set.</param>
    /// <param name="left">The rows that are left.</param>
    public void Narrow<T>(ReadOnlySpan<T> codes, RowSet left)
        where T : unmanaged, IBinaryInteger<T>
    {
        if (_table is null && _first >= _end)
            left.Clear();
        else if (_table is null)
            new VectorScan<T, RangeMatch<T>>(new RangeMatch<T>(T.CreateSaturating(_first), T.CreateSaturating(_end - 1))).Narrow(codes, left);
        else
            LookUp(codes, _table, left.Words);
    }

    private static CodeMatches Of(ByteValues values, int count, OneOf list)
    {
        var table = new byte[count];
        foreach (ZoneValue value in list.Values)
        {
            int at = CountBelow(values, count, value.Bytes, orEqual: false);
            if (at < count && values[at].SequenceEqual(value.Bytes))
                table[at] = 1;
        }

        return FromTable(table);
    }

    private static CodeMatches Of(ByteValues values, int count, Condition condition)
    {
        var table = new byte[count];
        for (int i = 0; i < table.Length; i++)
            table[i] = condition.MayHold(values[i]) ? (byte)1 : (byte)0;
        return FromTable(table);
    }

    private static CodeMatches FromTable(byte[] table)
    {
        int first = Math.Max(0, Array.IndexOf(table, (byte)1));
        int end = Array.LastIndexOf(table, (byte)1) + 1;
        return table.AsSpan(first, Math.Max(0, end - first)).Contains((byte)0) ? new CodeMatches(table) : new CodeMatches(first, end);
    }

    private static int CountBelow(ByteValues values, int count, ReadOnlySpan<byte> bound, bool orEqual)
    {
        int low = 0;
        int high = count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            int order = values[middle].SequenceCompareTo(bound);
            if (order < 0 || (orEqual && order == 0))
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

    /// <summary>Codes beyond the table, which only a damaged block has, are left for the loader to refuse.</summary>
    private static void LookUp<T>(ReadOnlySpan<T> codes, byte[] table, Span<ulong> words)
        where T : unmanaged, IBinaryInteger<T>
    {
        for (int i = 0; i < words.Length; i++)
        {
            ReadOnlySpan<T> rows = codes[(i << 6)..Math.Min(codes.Length, (i + 1) << 6)];
            ulong matches = 0;
            if (BitOperations.PopCount(words[i]) < FewRows)
            {
                for (ulong word = words[i]; word != 0; word &= word - 1)
                {
                    int bit = BitOperations.TrailingZeroCount(word);
                    matches |= LookUp(rows[bit], table) << bit;
                }
            }
            else
            {
                for (int bit = 0; bit < rows.Length; bit++)
                    matches |= LookUp(rows[bit], table) << bit;
            }

            words[i] &= matches;
        }
    }

    private static ulong LookUp<T>(T code, byte[] table)
        where T : unmanaged, IBinaryInteger<T>
    {
        uint index = uint.CreateTruncating(code);
        return index < (uint)table.Length ? table[index] : 1UL;
    }
}
