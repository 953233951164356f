namespace Varve.Storage.Segments.Ordering;

/// <summary>
/// Sorts row numbers by keys, stably: least significant digit first, digits that are the same everywhere left out. Keeps its scratch memory between
/// calls; for one thread.
/// </summary>
internal sealed class RadixOrder
{
    private const int DigitBits = 11;
    private const int DigitCount = 1 << DigitBits;

    private readonly int[] _counts = new int[DigitCount];
    private int[] _scratch = [];

    /// <summary>Puts rows into the order of their keys; those of equal keys stay in the order they are in.</summary>
    /// <param name="rows">Row numbers.</param>
    /// <param name="keys">By row number.</param>
    public void Sort(Span<int> rows, ulong[] keys)
    {
        if (IsSorted(rows, keys, out ulong least, out ulong greatest))
            return;
        if (_scratch.Length < rows.Length)
            _scratch = new int[rows.Length];
        Span<int> from = rows;
        Span<int> to = _scratch.AsSpan(0, rows.Length);
        int bits = 64 - System.Numerics.BitOperations.LeadingZeroCount(greatest - least);
        for (int shift = 0; shift < bits; shift += DigitBits)
        {
            if (!CountDigits(from, keys, least, shift))
                continue;
            foreach (int row in from)
                to[_counts[Digit(keys[row] - least, shift)]++] = row;
            Span<int> swapped = from;
            from = to;
            to = swapped;
        }

        // After an odd number of passes the sorted rows are in the scratch memory.
        if (from != rows)
            from.CopyTo(rows);
    }

    private static bool IsSorted(ReadOnlySpan<int> rows, ulong[] keys, out ulong least, out ulong greatest)
    {
        (least, greatest) = (ulong.MaxValue, 0);
        bool isSorted = true;
        ulong last = 0;
        foreach (int row in rows)
        {
            ulong key = keys[row];
            isSorted &= key >= last;
            last = key;
            least = Math.Min(least, key);
            greatest = Math.Max(greatest, key);
        }

        return isSorted;
    }

    /// <summary>Makes the counts the places where each digit's rows begin. False when all rows have the same digit.</summary>
    private bool CountDigits(ReadOnlySpan<int> rows, ulong[] keys, ulong least, int shift)
    {
        Array.Clear(_counts);
        foreach (int row in rows)
            _counts[Digit(keys[row] - least, shift)]++;
        if (_counts[Digit(keys[rows[0]] - least, shift)] == rows.Length)
            return false;
        int place = 0;
        for (int i = 0; i < _counts.Length; i++)
        {
            int count = _counts[i];
            _counts[i] = place;
            place += count;
        }

        return true;
    }

    private static int Digit(ulong key, int shift) => (int)(key >> shift) & (DigitCount - 1);
}
