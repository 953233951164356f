using System.Numerics;
using System.Runtime.CompilerServices;
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
        if (distance == 1)
            RunningSum.Make(values);
        else if (Vector512.IsHardwareAccelerated && distance >= Vector512<T>.Count)
            Add<Lanes512<T>, Vector512<T>, T>(values, distance);
        else if (Vector256.IsHardwareAccelerated && distance >= Vector256<T>.Count)
            Add<Lanes256<T>, Vector256<T>, T>(values, distance);
        else if (Vector128.IsHardwareAccelerated && distance >= Vector128<T>.Count)
            Add<Lanes128<T>, Vector128<T>, T>(values, distance);
        else
            Add<LanesScalar<T>, T, T>(values, distance);
    }

    /// <summary>
    /// Stretch by stretch, each as long as the distance: a vector is then loaded exactly as it was stored shortly before, which a processor hands on
    /// without a detour through the cache.
    /// </summary>
    internal static void Add<L, V, T>(Span<T> values, int distance)
        where L : ILanes<V, T>
        where V : struct
        where T : unmanaged, IBinaryInteger<T>
    {
        for (int from = distance; from < values.Length; from += distance)
        {
            ref T earlier = ref MemoryMarshal.GetReference(values[(from - distance)..]);
            Span<T> stretch = values.Slice(from, Math.Min(distance, values.Length - from));
            ref T later = ref MemoryMarshal.GetReference(stretch);
            nuint i = 0;
            for (; i + (nuint)L.Count <= (nuint)stretch.Length; i += (nuint)L.Count)
                L.Store(L.Add(L.Load(in later, i), L.Load(in earlier, i)), ref later, i);
            for (; i < (nuint)stretch.Length; i++)
                Unsafe.Add(ref later, i) = unchecked(Unsafe.Add(ref later, i) + Unsafe.Add(ref earlier, i));
        }
    }
}
