using System.Buffers.Binary;
using System.Numerics;

namespace Varve.Storage.Segments.Encoding.Packing;

/// <summary>
/// Fewer than 1,024 numbers of a fixed width in bits, one behind the other, the least significant bit first; the last byte is filled with zeros. Not
/// laid out for SIMD, but without a gap.
/// </summary>
internal static class BitRun
{
    public static int BytesOf(int count, int bits) => checked((int)(((long)count * bits + 7) / 8));

    /// <summary>Writes the differences of the values from a base. Each difference has to fit the bits.</summary>
    public static void Write<T>(ReadOnlySpan<T> values, T start, int bits, Span<byte> target)
        where T : unmanaged, IBinaryInteger<T>
    {
        if (bits == 0)
            return;
        ulong mask = ulong.MaxValue >> (64 - bits);
        UInt128 held = 0;
        int heldBits = 0;
        int at = 0;
        foreach (T value in values)
        {
            held |= (UInt128)(ulong.CreateTruncating(unchecked(value - start)) & mask) << heldBits;
            heldBits += bits;
            if (heldBits < 64)
                continue;
            BinaryPrimitives.WriteUInt64LittleEndian(target[at..], (ulong)held);
            held >>= 64;
            heldBits -= 64;
            at += 8;
        }

        for (; heldBits > 0; heldBits -= 8, held >>= 8)
            target[at++] = (byte)held;
    }

    /// <summary>Reads as many numbers as the target takes, and adds the base to each. The source has <see cref="BytesOf"/> of them.</summary>
    public static void Read<T>(ReadOnlySpan<byte> source, int bits, T start, Span<T> target)
        where T : unmanaged, IBinaryInteger<T>
    {
        for (int i = 0; i < target.Length; i++)
            target[i] = unchecked(ReadOne<T>(source, bits, i) + start);
    }

    /// <summary>Reads the number at that index.</summary>
    public static T ReadOne<T>(ReadOnlySpan<byte> source, int bits, int index)
        where T : unmanaged, IBinaryInteger<T>
    {
        if (bits == 0)
            return T.Zero;
        long bit = (long)index * bits;
        int shift = (int)(bit & 7);
        scoped ReadOnlySpan<byte> from = source[(int)(bit >> 3)..];
        Span<byte> last = stackalloc byte[16];
        if (from.Length < 9)
        {
            last.Clear();
            from.CopyTo(last);
            from = last;
        }

        ulong value = BinaryPrimitives.ReadUInt64LittleEndian(from) >> shift;
        if (shift + bits > 64)
            value |= (ulong)from[8] << (64 - shift);
        return T.CreateTruncating(value & (ulong.MaxValue >> (64 - bits)));
    }
}
