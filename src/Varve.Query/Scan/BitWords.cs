using System.Buffers.Binary;

namespace Varve.Query.Scan;

/// <summary>Reads bits of Arrow's bitmaps 64 at a time.</summary>
internal static class BitWords
{
    /// <summary>64 bits from any place on, zeros behind the end.</summary>
    public static ulong Read(ReadOnlySpan<byte> bits, int bit)
    {
        int first = bit >> 3;
        int shift = bit & 7;
        ulong low = ReadBytes(bits, first);
        return shift == 0 ? low : (low >> shift) | ((ulong)(first + 8 < bits.Length ? bits[first + 8] : 0) << (64 - shift));
    }

    private static ulong ReadBytes(ReadOnlySpan<byte> bits, int first)
    {
        if (first + 8 <= bits.Length)
            return BinaryPrimitives.ReadUInt64LittleEndian(bits[first..]);
        ulong word = 0;
        for (int i = first; i < bits.Length; i++)
            word |= (ulong)bits[i] << (8 * (i - first));
        return word;
    }
}
