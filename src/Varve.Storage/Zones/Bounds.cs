using System.Numerics;
using System.Runtime.InteropServices;

namespace Varve.Storage.Zones;

/// <summary>The least and greatest of some whole numbers. Any thread.</summary>
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
}
