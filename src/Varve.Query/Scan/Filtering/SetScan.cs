using System.Collections.Frozen;
using System.Numerics;

namespace Varve.Query.Scan.Filtering;

/// <summary>One of many numbers: what lies between their least and greatest is looked up. Immutable.</summary>
/// <param name="range">Leaves what lies between.</param>
/// <param name="values">All of them.</param>
internal sealed class SetScan<T>(ValueScan<T> range, IEnumerable<T> values) : ValueScan<T>
    where T : unmanaged, INumber<T>
{
    private readonly FrozenSet<T> _values = values.ToFrozenSet();

    public override void Narrow(ReadOnlySpan<T> tested, RowSet left)
    {
        range.Narrow(tested, left);
        Span<ulong> words = left.Words;
        for (int i = 0; i < words.Length; i++)
        {
            ulong matches = 0;
            for (ulong word = words[i]; word != 0; word &= word - 1)
            {
                int bit = BitOperations.TrailingZeroCount(word);
                matches |= _values.Contains(tested[(i << 6) + bit]) ? 1UL << bit : 0;
            }

            words[i] = matches;
        }
    }
}
