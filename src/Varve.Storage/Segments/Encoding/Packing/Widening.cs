using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Varve.Storage.Segments.Encoding.Packing;

/// <summary>Brings narrow numbers together with wide ones.</summary>
internal static class Widening
{
    /// <summary>Adds to each value the base and its high part, shifted to its place.</summary>
    public static void AddShifted<T>(ReadOnlySpan<ushort> high, int shift, T start, Span<T> values)
        where T : unmanaged, IBinaryInteger<T>
    {
        int done = 0;
        if (Vector512.IsHardwareAccelerated && typeof(T) == typeof(ulong))
            done = AddShifted64(high, shift, ulong.CreateTruncating(start), MemoryMarshal.Cast<T, ulong>(values));
        else if (Vector512.IsHardwareAccelerated && typeof(T) == typeof(uint))
            done = AddShifted32(high, shift, uint.CreateTruncating(start), MemoryMarshal.Cast<T, uint>(values));
        AddShiftedScalar(high[done..], shift, start, values[done..]);
    }

    internal static void AddShiftedScalar<T>(ReadOnlySpan<ushort> high, int shift, T start, Span<T> values)
        where T : unmanaged, IBinaryInteger<T>
    {
        for (int i = 0; i < values.Length; i++)
            values[i] = unchecked(values[i] + start + (T.CreateTruncating(high[i]) << shift));
    }

    private static int AddShifted64(ReadOnlySpan<ushort> high, int shift, ulong start, Span<ulong> values)
    {
        ref ushort from = ref MemoryMarshal.GetReference(high);
        ref ulong to = ref MemoryMarshal.GetReference(values);
        int i = 0;
        for (; i <= values.Length - Vector512<ulong>.Count; i += Vector512<ulong>.Count)
        {
            Vector256<uint> half = Vector256.WidenLower(Vector128.LoadUnsafe(ref from, (nuint)i).ToVector256Unsafe());
            Vector512<ulong> wide = Vector512.WidenLower(half.ToVector512Unsafe());
            (Vector512.LoadUnsafe(ref to, (nuint)i) + Vector512.Create(start) + (wide << shift)).StoreUnsafe(ref to, (nuint)i);
        }

        return i;
    }

    private static int AddShifted32(ReadOnlySpan<ushort> high, int shift, uint start, Span<uint> values)
    {
        ref ushort from = ref MemoryMarshal.GetReference(high);
        ref uint to = ref MemoryMarshal.GetReference(values);
        int i = 0;
        for (; i <= values.Length - Vector512<uint>.Count; i += Vector512<uint>.Count)
        {
            Vector512<uint> wide = Vector512.WidenLower(Vector256.LoadUnsafe(ref from, (nuint)i).ToVector512Unsafe());
            (Vector512.LoadUnsafe(ref to, (nuint)i) + Vector512.Create(start) + (wide << shift)).StoreUnsafe(ref to, (nuint)i);
        }

        return i;
    }

    /// <summary>Adds to each value a byte, shifted to its place; the bytes stand at that distance from one another.</summary>
    public static void AddShifted<T>(ReadOnlySpan<byte> bytes, int distance, int shift, Span<T> values)
        where T : unmanaged, IBinaryInteger<T>
    {
        for (int i = 0, at = 0; i < values.Length; i++, at += distance)
            values[i] = unchecked(values[i] + (T.CreateTruncating(bytes[at]) << shift));
    }

    /// <summary>Adds a number to each value.</summary>
    public static void AddTo<T>(Span<T> values, T added)
        where T : unmanaged, IBinaryInteger<T>
    {
        if (added == T.Zero)
            return;
        foreach (ref T value in values)
            value = unchecked(value + added);
    }
}
