using System.Numerics;
using Varve.Storage.Segments.Encoding.Packing;

namespace Varve.Storage.Segments.Encoding.Codecs;

/// <summary>
/// The distinct values of a vector in rising order, how often each one stands there, and for each value which of them it is. Immutable.
/// </summary>
internal sealed class DistinctValues<T>
    where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
{
    private DistinctValues(T[] values, int[] counts, ushort[] codes)
    {
        Values = values;
        Counts = counts;
        Codes = codes;
    }

    public T[] Values { get; }

    public int[] Counts { get; }

    public ushort[] Codes { get; }

    /// <summary>Null where there are more distinct values than asked for, of at most 65,536.</summary>
    /// <param name="values">All that there are.</param>
    /// <param name="least">The least of them.</param>
    /// <param name="greatest">The greatest of them.</param>
    /// <param name="most">How many may be distinct.</param>
    public static DistinctValues<T>? Of(ReadOnlySpan<T> values, T least, T greatest, int most) =>
        Width.Between(least, greatest) <= 16 ? OfNarrow(values, least, most) : OfWide(values, most);

    /// <summary>The differences from the least value are places in a table.</summary>
    private static DistinctValues<T>? OfNarrow(ReadOnlySpan<T> values, T least, int most)
    {
        using Scratch<int> scratch = new(ushort.MaxValue + 1);
        Span<int> table = scratch.Span;
        table.Clear();
        foreach (T value in values)
            table[ushort.CreateTruncating(unchecked(value - least))]++;
        int distinct = table.Length - table.Count(0);
        if (distinct > most)
            return null;
        T[] kept = new T[distinct];
        int[] counts = new int[distinct];
        int code = 0;
        for (int place = 0; code < distinct; place++)
        {
            if (table[place] == 0)
                continue;
            kept[code] = unchecked(least + T.CreateTruncating(place));
            counts[code] = table[place];
            table[place] = code++;
        }

        ushort[] codes = new ushort[values.Length];
        for (int i = 0; i < codes.Length; i++)
            codes[i] = (ushort)table[ushort.CreateTruncating(unchecked(values[i] - least))];
        return new DistinctValues<T>(kept, counts, codes);
    }

    private static DistinctValues<T>? OfWide(ReadOnlySpan<T> values, int most)
    {
        DistinctTable<T> table = new();
        ushort[] codes = new ushort[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            int code = table.Add(values[i]);
            if (code >= most)
                return null;
            codes[i] = (ushort)code;
        }

        T[] distinct = table.Values.ToArray();
        RadixSort.Sort<T>(distinct);
        ushort[] ranks = new ushort[distinct.Length];
        for (int rank = 0; rank < ranks.Length; rank++)
            ranks[table.Add(distinct[rank])] = (ushort)rank;
        int[] counts = new int[distinct.Length];
        foreach (ref ushort code in codes.AsSpan())
        {
            code = ranks[code];
            counts[code]++;
        }

        return new DistinctValues<T>(distinct, counts, codes);
    }
}
