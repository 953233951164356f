using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Varve.Arrow;
using Varve.Query.Pruning.Conditions;

namespace Varve.Query.Scan.Filtering;

/// <summary>
/// Rows whose text or binary fulfils a condition. The values of a dictionary are tried once; what came out is kept for its other blocks and then
/// looked up by code. Thread-safe: at worst two threads try the same dictionary.
/// </summary>
internal sealed class BytesTest(ScanColumn column, Condition condition) : RowTest
{
    private readonly ConditionalWeakTable<ArrayData, CodeMatches> _known = [];

    public override double ExpectedShare { get; } = ExpectedShares.Of(condition);

    public override void Narrow(BlockRows rows, RowSet left)
    {
        ArrayData array = rows.Column(column);
        if (!condition.MayHoldNull || array.NullCount == 0)
        {
            left.KeepNulls(array, isNull: false);
            NarrowValues(array, left);
            return;
        }

        RowSet nulls = rows.RentSet();
        nulls.CopyFrom(left);
        nulls.KeepNulls(array, isNull: true);
        left.KeepNulls(array, isNull: false);
        NarrowValues(array, left);
        left.Add(nulls);
        rows.ReturnSet(nulls);
    }

    private void NarrowValues(ArrayData array, RowSet left)
    {
        if (left.IsEmpty)
            return;
        if (array.Type is not DictionaryType { IndexType: var codes })
        {
            NarrowPlain(new ByteValues(array), left);
            return;
        }

        CodeMatches matches = _known.GetValue(array.Dictionary!, values => CodeMatches.Of(values, condition));
        if (codes.ByteWidth == sizeof(ushort))
            matches.Narrow(Codes<ushort>(array), left);
        else if (codes.ByteWidth == sizeof(int))
            matches.Narrow(Codes<int>(array), left);
    }

    private static ReadOnlySpan<T> Codes<T>(ArrayData array)
        where T : unmanaged => MemoryMarshal.Cast<byte, T>(array.Buffers[1].Span).Slice(array.Offset, array.Length);

    private void NarrowPlain(ByteValues values, RowSet left)
    {
        Span<ulong> words = left.Words;
        for (int i = 0; i < words.Length; i++)
        {
            for (ulong word = words[i]; word != 0; word &= word - 1)
            {
                int bit = BitOperations.TrailingZeroCount(word);
                if (!condition.MayHold(values[(i << 6) + bit]))
                    words[i] &= ~(1UL << bit);
            }
        }
    }
}
