using System.Numerics;
using Varve.Storage.Segments.Encoding.Packing;

namespace Varve.Storage.Segments.Encoding.Choice;

/// <summary>The greatest number of which all differences from the least value are multiples.</summary>
internal static class CommonUnit
{
    /// <summary>0 where all values are equal.</summary>
    public static ulong Of<T>(ReadOnlySpan<T> values, T least)
        where T : unmanaged, IBinaryInteger<T>
    {
        ulong unit = 0;
        foreach (T value in values)
        {
            ulong difference = Width.Unsigned(unchecked(value - least));
            if (unit != 0 && difference % unit == 0)
                continue;
            for (ulong rest = difference; rest != 0;)
                (unit, rest) = (rest, unit % rest);
            if (unit == 1)
                return 1;
        }

        return unit;
    }
}
