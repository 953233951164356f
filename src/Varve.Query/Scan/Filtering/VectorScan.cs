using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Varve.Query.Scan.Filtering;

/// <summary>Compares 64 rows at a time, those words aside in which no row is left. Immutable.</summary>
internal sealed class VectorScan<T, TMatch>(TMatch match) : ValueScan<T>
    where T : unmanaged
    where TMatch : struct, IValueMatch<T>
{
    private const int WordRows = 64;

    public override void Narrow(ReadOnlySpan<T> values, RowSet left)
    {
        Span<ulong> words = left.Words;
        TMatch test = match;
        ref T first = ref MemoryMarshal.GetReference(values);
        int whole = Math.Min(words.Length, values.Length / WordRows);
        for (int i = 0; i < whole; i++)
        {
            if (words[i] == 0)
                continue;
            ulong matches = 0;
            for (int row = 0; row < WordRows; row += Vector512<T>.Count)
                matches |= test.Match(Vector512.LoadUnsafe(ref first, (nuint)((i * WordRows) + row))).ExtractMostSignificantBits() << row;
            words[i] &= matches;
        }

        if (whole < words.Length && words[whole] != 0)
            words[whole] &= MatchRest(test, values[(whole * WordRows)..]);
    }

    private static ulong MatchRest(TMatch test, ReadOnlySpan<T> values)
    {
        ulong matches = 0;
        for (int i = 0; i < values.Length; i++)
            matches |= test.Match(values[i]) ? 1UL << i : 0;
        return matches;
    }
}
