using System.Numerics;
using System.Runtime.CompilerServices;

namespace Varve.Storage.Segments.Encoding.Packing;

/// <summary>One number at a time: for machines without vectors, and what the others are tested against.</summary>
internal readonly struct LanesScalar<T> : ILanes<T, T>
    where T : unmanaged, IBinaryInteger<T>
{
    public static int Count => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Load(ref readonly T source, nuint index) =>
        Unsafe.ReadUnaligned<T>(ref Unsafe.As<T, byte>(ref Unsafe.Add(ref Unsafe.AsRef(in source), index)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(T value, ref T target, nuint index) =>
        Unsafe.WriteUnaligned(ref Unsafe.As<T, byte>(ref Unsafe.Add(ref target, index)), value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Broadcast(T value) => value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T ShiftRight(T value, int count) => value >>> count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T ShiftLeft(T value, int count) => value << count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T And(T a, T b) => a & b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Or(T a, T b) => a | b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Add(T a, T b) => unchecked(a + b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Subtract(T a, T b) => unchecked(a - b);
}
