using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Varve.Storage.Segments.Encoding.Packing;

/// <summary>Values to differences and back, over any distance.</summary>
internal static class Deltas
{
    /// <summary>What each value but the first ones is more than the one at that distance before, modulo 2^n.</summary>
    public static void Of<T>(ReadOnlySpan<T> values, int distance, Span<T> deltas)
        where T : unmanaged, IBinaryInteger<T>
    {
        ReadOnlySpan<T> later = values[distance..];
        ReadOnlySpan<T> earlier = values[..later.Length];
        deltas = deltas[..later.Length];
        int i = 0;
        for (; i <= later.Length - Vector<T>.Count; i += Vector<T>.Count)
            (new Vector<T>(later[i..]) - new Vector<T>(earlier[i..])).CopyTo(deltas[i..]);
        for (; i < later.Length; i++)
            deltas[i] = unchecked(later[i] - earlier[i]);
    }

    /// <summary>Turns differences into values: the first ones, as many as the distance, are values already.</summary>
    public static void Add<T>(Span<T> values, int distance)
        where T : unmanaged, IBinaryInteger<T>
    {
        // Lanes do not depend on one another where they are no more than the distance; where they are, the sums run through a register.
        if (Vector512.IsHardwareAccelerated && distance >= Vector512<T>.Count)
            Add<Lanes512<T>, Vector512<T>, T>(values, distance);
        else if (Vector256.IsHardwareAccelerated && distance >= Vector256<T>.Count)
            Add<Lanes256<T>, Vector256<T>, T>(values, distance);
        else if (Vector128.IsHardwareAccelerated && distance >= Vector128<T>.Count)
            Add<Lanes128<T>, Vector128<T>, T>(values, distance);
        else if (distance == 1)
            AddNeighbours(values);
        else
            Add<LanesScalar<T>, T, T>(values, distance);
    }

    internal static void Add<L, V, T>(Span<T> values, int distance)
        where L : ILanes<V, T>
        where V : struct
        where T : unmanaged, IBinaryInteger<T>
    {
        if (distance < L.Count)
            throw new ArgumentException($"differences over a distance of {distance} in vectors of {L.Count}");
        ref T first = ref MemoryMarshal.GetReference(values);
        int i = distance;
        for (; i <= values.Length - L.Count; i += L.Count)
            L.Store(L.Add(L.Load(in first, (nuint)i), L.Load(in first, (nuint)(i - distance))), ref first, (nuint)i);
        for (; i < values.Length; i++)
            values[i] = unchecked(values[i] + values[i - distance]);
    }

    internal static void AddNeighbours<T>(Span<T> values)
        where T : unmanaged, IBinaryInteger<T>
    {
        T sum = T.Zero;
        for (int i = 0; i < values.Length; i++)
        {
            sum = unchecked(sum + values[i]);
            values[i] = sum;
        }
    }
}
