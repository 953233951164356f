using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Varve.Storage.Segments.Encoding.Packing;

/// <summary>
/// 1,024 numbers of a fixed width in bits, laid out so that vectors of any size unpack them by uniform shifts, in order. 128 bytes are a row
/// of words as wide as the values, one word a lane (128 lanes of u8, 64 of u16, 32 of u32, 16 of u64). Value i belongs to lane i % lanes, and each
/// lane packs its values into its words, the least significant bit first. A block takes as many rows of words as a value has bits.
/// </summary>
internal static class LaneBlock
{
    public const int Count = 1024;

    private const int RowBytes = 128;

    public static int BytesOf(int bits) => bits * RowBytes;

    /// <summary>Packs the differences of 1,024 values from a base. Each difference has to fit the bits.</summary>
    public static void Pack<T>(ReadOnlySpan<T> values, T start, int bits, Span<byte> target)
        where T : unmanaged, IBinaryInteger<T>
    {
        if (Vector512.IsHardwareAccelerated)
            Pack<Lanes512<T>, Vector512<T>, T>(values, start, bits, target);
        else if (Vector256.IsHardwareAccelerated)
            Pack<Lanes256<T>, Vector256<T>, T>(values, start, bits, target);
        else if (Vector128.IsHardwareAccelerated)
            Pack<Lanes128<T>, Vector128<T>, T>(values, start, bits, target);
        else
            Pack<LanesScalar<T>, T, T>(values, start, bits, target);
    }

    /// <summary>
    /// Unpacks blocks of values of up to the width of the target's type, as many as the target takes, which stand one behind the other, and adds the
    /// base to each value.
    /// </summary>
    public static void Unpack<T>(ReadOnlySpan<byte> source, int bits, T start, Span<T> target)
        where T : unmanaged, IBinaryInteger<T>
    {
        if (Vector512.IsHardwareAccelerated)
            Unpack<Lanes512<T>, Vector512<T>, T>(source, bits, start, target);
        else if (Vector256.IsHardwareAccelerated)
            Unpack<Lanes256<T>, Vector256<T>, T>(source, bits, start, target);
        else if (Vector128.IsHardwareAccelerated)
            Unpack<Lanes128<T>, Vector128<T>, T>(source, bits, start, target);
        else
            Unpack<LanesScalar<T>, T, T>(source, bits, start, target);
    }

    internal static void Pack<L, V, T>(ReadOnlySpan<T> values, T start, int bits, Span<byte> target)
        where L : ILanes<V, T>
        where V : struct
        where T : unmanaged, IBinaryInteger<T>
    {
        CheckRange(1, values.Length, target.Length, bits, Unsafe.SizeOf<T>() * 8);
        if (bits == 0)
            return;
        int width = Unsafe.SizeOf<T>() * 8;
        int lanes = RowBytes / Unsafe.SizeOf<T>();
        ref T from = ref MemoryMarshal.GetReference(values);
        ref T to = ref Unsafe.As<byte, T>(ref MemoryMarshal.GetReference(target));
        V starts = L.Broadcast(start);
        for (int lane = 0; lane < lanes; lane += L.Count)
        {
            nuint word = (nuint)lane;
            V held = L.Broadcast(T.Zero);
            int used = 0;
            for (int at = lane; at < Count; at += lanes)
            {
                V value = L.Subtract(L.Load(in from, (nuint)at), starts);
                held = L.Or(held, L.ShiftLeft(value, used));
                used += bits;
                if (used < width)
                    continue;
                L.Store(held, ref to, word);
                word += (nuint)lanes;
                used -= width;
                held = used == 0 ? L.Broadcast(T.Zero) : L.ShiftRight(value, bits - used);
            }
        }
    }

    internal static void Unpack<L, V, T>(ReadOnlySpan<byte> source, int bits, T start, Span<T> target)
        where L : ILanes<V, T>
        where V : struct
        where T : unmanaged, IBinaryInteger<T>
    {
        int blocks = target.Length / Count;
        CheckRange(blocks, target.Length, source.Length, bits, Unsafe.SizeOf<T>() * 8);
        if (bits == 0)
        {
            target.Fill(start);
            return;
        }

        int width = Unsafe.SizeOf<T>() * 8;
        int rowWords = RowBytes / Unsafe.SizeOf<T>();
        ref T from = ref Unsafe.As<byte, T>(ref MemoryMarshal.GetReference(source));
        ref T to = ref MemoryMarshal.GetReference(target);
        V mask = L.Broadcast(T.AllBitsSet >>> (width - bits));
        V starts = L.Broadcast(start);
        for (int block = 0; block < blocks; block++)
        {
            for (int lane = 0; lane < rowWords; lane += L.Count)
                UnpackLanes<L, V, T>(ref Unsafe.Add(ref from, lane), bits, mask, starts, ref Unsafe.Add(ref to, lane));
            from = ref Unsafe.Add(ref from, bits * rowWords);
            to = ref Unsafe.Add(ref to, Count);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void UnpackLanes<L, V, T>(ref T from, int bits, V mask, V starts, ref T to)
        where L : ILanes<V, T>
        where V : struct
        where T : unmanaged, IBinaryInteger<T>
    {
        int width = Unsafe.SizeOf<T>() * 8;
        int rowWords = RowBytes / Unsafe.SizeOf<T>();
        V held = L.Load(in from, 0);
        nuint word = 0;
        int used = 0;
        for (nuint at = 0; at < Count; at += (nuint)rowWords)
        {
            V value = L.ShiftRight(held, used);
            used += bits;
            if (used >= width)
            {
                used -= width;

                // The last value of a lane ends with the lane's last word.
                if (at + (nuint)rowWords < Count)
                {
                    word += (nuint)rowWords;
                    held = L.Load(in from, word);
                    if (used > 0)
                        value = L.Or(value, L.ShiftLeft(held, bits - used));
                }
            }

            L.Store(L.Add(L.And(value, mask), starts), ref to, at);
        }
    }

    private static void CheckRange(int blocks, int count, int packedBytes, int bits, int width)
    {
        if (count != blocks * Count || (uint)bits > (uint)width || packedBytes < (long)blocks * BytesOf(bits))
            throw new ArgumentException($"{blocks} blocks of {bits} of {width} bits: {count} values, {packedBytes} bytes");
    }
}
