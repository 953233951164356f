using System.Numerics;

namespace Varve.Query.Scan.Filtering;

/// <summary>Compares one row after the other, for values that are too wide for vectors. Immutable.</summary>
internal sealed class ScalarScan<T>(Func<T, bool> match) : ValueScan<T>
    where T : unmanaged
{
    public override void Narrow(ReadOnlySpan<T> values, RowSet left)
    {
        Span<ulong> words = left.Words;
        for (int i = 0; i < words.Length; i++)
        {
            for (ulong word = words[i]; word != 0; word &= word - 1)
            {
                int bit = BitOperations.TrailingZeroCount(word);
                if (!match(values[(i << 6) + bit]))
                    words[i] &= ~(1UL << bit);
            }
        }
    }
}
