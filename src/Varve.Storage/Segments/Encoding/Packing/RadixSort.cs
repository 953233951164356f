using System.Numerics;
using Varve.Storage.Zones;

namespace Varve.Storage.Segments.Encoding.Packing;

/// <summary>
/// Sorts values byte by byte of their differences from the least one: no branch depends on the values, which no processor could foresee.
/// </summary>
internal static class RadixSort
{
    public static void Sort<T>(Span<T> values)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        (T least, T greatest) = Bounds.Of<T>(values);
        int bits = values.IsEmpty ? 0 : Width.Between(least, greatest);
        using Scratch<T> scratch = new(values.Length);
        Span<T> from = values;
        Span<T> to = scratch.Span;
        Span<int> places = stackalloc int[256];
        for (int shift = 0; shift < bits; shift += 8)
        {
            places.Clear();
            foreach (T value in from)
                places[byte.CreateTruncating(unchecked(value - least) >>> shift)]++;
            int sum = 0;
            foreach (ref int place in places)
                (place, sum) = (sum, sum + place);
            foreach (T value in from)
                to[places[byte.CreateTruncating(unchecked(value - least) >>> shift)]++] = value;
            Span<T> swapped = from;
            from = to;
            to = swapped;
        }

        if (from != values)
            from.CopyTo(values);
    }
}
