using Varve.Arrow;
using Varve.Arrow.Values;

namespace Varve.Storage.Segments.Ordering;

/// <summary>
/// Sorts row numbers by texts or bytes, compared as unsigned bytes, stably: seven bytes at a time, and only rows that are still alike go on to the
/// next seven. What all of such rows begin with is skipped at once. For one thread.
/// </summary>
internal sealed class BytesOrder(BlockColumn column, RadixOrder radix, ulong[] keys)
{
    private const int WordBytes = 7;

    /// <summary>Rows to sort that agree in their first bytes.</summary>
    private readonly Stack<(int Start, int Count, int Depth)> _runs = [];

    /// <param name="rows">Row numbers; none is of a null.</param>
    public void Sort(Span<int> rows)
    {
        _runs.Push((0, rows.Length, 0));
        while (_runs.TryPop(out (int Start, int Count, int Depth) run))
            SortRun(rows.Slice(run.Start, run.Count), run.Start, run.Depth);
    }

    private void SortRun(Span<int> rows, int start, int depth)
    {
        depth = SharedBytes(rows, depth, out bool areSame);
        if (areSame)
            return;
        foreach (int row in rows)
            keys[row] = Word(ValueOf(row), depth);
        radix.Sort(rows, keys);
        for (int first = 0; first < rows.Length;)
        {
            ulong key = keys[rows[first]];
            int end = first + 1;
            while (end < rows.Length && keys[rows[end]] == key)
                end++;

            // The last byte says that there is more: else the values end here and are the same.
            if (end - first > 1 && (byte)key > WordBytes)
                _runs.Push((start + first, end - first, depth + WordBytes));
            first = end;
        }
    }

    /// <summary>How many bytes all of the values begin with alike, at least <paramref name="depth"/>.</summary>
    private int SharedBytes(ReadOnlySpan<int> rows, int depth, out bool areSame)
    {
        ReadOnlySpan<byte> first = ValueOf(rows[0]);
        int shared = first.Length;
        areSame = true;
        for (int i = 1; i < rows.Length && (areSame || shared > depth); i++)
        {
            ReadOnlySpan<byte> value = ValueOf(rows[i]);
            int common = depth + first[depth..shared].CommonPrefixLength(value[depth..]);
            areSame &= common == shared && value.Length == first.Length;
            shared = common;
        }

        return shared;
    }

    /// <summary>
    /// Seven bytes, zeros behind the end, then how many there are: up to seven, or eight for more. So a value sorts before what it begins.
    /// </summary>
    private static ulong Word(ReadOnlySpan<byte> value, int depth)
    {
        ReadOnlySpan<byte> rest = value[depth..];
        ulong word = 0;
        for (int i = 0; i < WordBytes; i++)
            word = (word << 8) | (i < rest.Length ? rest[i] : (byte)0);
        return (word << 8) | (uint)Math.Min(rest.Length, WordBytes + 1);
    }

    private ReadOnlySpan<byte> ValueOf(int row)
    {
        (ArrayData block, int at) = column.Find(row);
        return ArrayReader.GetBytes(block, at);
    }
}
