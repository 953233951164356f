using System.Buffers.Binary;
using System.Numerics;

namespace Varve.Arrow;

/// <summary>Bit sets in Arrow's order: least significant bit of each byte first.</summary>
public static class Bitmap
{
    /// <summary>Bytes that hold <paramref name="bitCount"/> bits.</summary>
    public static int ByteCount(int bitCount) => (int)(((long)bitCount + 7) >> 3);

    public static bool IsSet(ReadOnlySpan<byte> bits, int index) => (bits[index >> 3] & (1 << (index & 7))) != 0;

    /// <summary>How many of the bits [start, start + count) are set.</summary>
    public static int CountSet(ReadOnlySpan<byte> bits, int start, int count)
    {
        int set = 0;
        int at = start;
        int end = start + count;
        while (at < end && (at & 7) != 0)
            set += IsSet(bits, at++) ? 1 : 0;
        for (; end - at >= 64; at += 64)
            set += BitOperations.PopCount(BinaryPrimitives.ReadUInt64LittleEndian(bits[(at >> 3)..]));
        while (at < end)
            set += IsSet(bits, at++) ? 1 : 0;
        return set;
    }
}
