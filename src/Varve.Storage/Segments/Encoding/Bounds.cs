using System.Numerics;
using System.Runtime.InteropServices;

namespace Varve.Storage.Segments.Encoding;

/// <summary>The least and greatest of some numbers, and how many bits lie between them.</summary>
internal static class Bounds
{
    public static (T Least, T Greatest) Of<T>(ReadOnlySpan<T> values)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        T least = T.MaxValue;
        T greatest = T.MinValue;
        ReadOnlySpan<Vector<T>> vectors = MemoryMarshal.Cast<T, Vector<T>>(values);
        if (vectors.Length > 0)
        {
            Vector<T> leasts = vectors[0];
            Vector<T> greatests = vectors[0];
            foreach (Vector<T> vector in vectors[1..])
            {
                leasts = Vector.Min(leasts, vector);
                greatests = Vector.Max(greatests, vector);
            }

            for (int i = 0; i < Vector<T>.Count; i++)
                (least, greatest) = (T.Min(least, leasts[i]), T.Max(greatest, greatests[i]));
        }

        foreach (T value in values[(vectors.Length * Vector<T>.Count)..])
            (least, greatest) = (T.Min(least, value), T.Max(greatest, value));
        return (least, greatest);
    }

    /// <summary>The bits of the greatest difference, also where it wraps around.</summary>
    public static int BitsBetween<T>(T least, T greatest)
        where T : unmanaged, IBinaryInteger<T>
    {
        T difference = unchecked(greatest - least);
        return int.CreateTruncating(T.PopCount(T.AllBitsSet)) - int.CreateTruncating(T.LeadingZeroCount(difference));
    }
}
