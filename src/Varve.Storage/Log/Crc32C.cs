using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Varve.Storage.Log;

/// <summary>
/// CRC-32C (Castagnoli, RFC 3720): initial value and final xor 0xFFFFFFFF. Long inputs run in three interleaved lanes, because the processor's
/// instruction takes three cycles and could start one in each.
/// </summary>
internal static class Crc32C
{
    private const int LaneBytes = 1024;

    private static readonly uint[] OverOneLane = ShiftTable(LaneBytes);
    private static readonly uint[] OverTwoLanes = ShiftTable(2 * LaneBytes);

    /// <summary>The checksum of the bytes; <paramref name="seed"/> is the checksum of what stands before them, or a salt.</summary>
    public static uint Compute(ReadOnlySpan<byte> bytes, uint seed = 0)
    {
        uint state = ~seed;
        while (bytes.Length >= 3 * LaneBytes)
        {
            state = ThreeLanes(state, ref MemoryMarshal.GetReference(bytes));
            bytes = bytes[(3 * LaneBytes)..];
        }

        while (bytes.Length >= 8)
        {
            state = BitOperations.Crc32C(state, MemoryMarshal.Read<ulong>(bytes));
            bytes = bytes[8..];
        }

        foreach (byte value in bytes)
            state = BitOperations.Crc32C(state, value);
        return ~state;
    }

    private static uint ThreeLanes(uint state, ref byte start)
    {
        uint first = state, second = 0, third = 0;
        for (nint at = 0; at < LaneBytes; at += 8)
        {
            first = BitOperations.Crc32C(first, Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, at)));
            second = BitOperations.Crc32C(second, Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, at + LaneBytes)));
            third = BitOperations.Crc32C(third, Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, at + (2 * LaneBytes))));
        }

        return Shift(OverTwoLanes, first) ^ Shift(OverOneLane, second) ^ third;
    }

    private static uint Shift(uint[] table, uint state) =>
        table[state & 0xFF] ^ table[0x100 + ((state >> 8) & 0xFF)] ^ table[0x200 + ((state >> 16) & 0xFF)] ^ table[0x300 + (state >> 24)];

    /// <summary>What a state becomes over that many zero bytes: one table for each of its four bytes, since the map is linear.</summary>
    private static uint[] ShiftTable(int zeroBytes)
    {
        var table = new uint[4 * 256];
        for (int bit = 0; bit < 32; bit++)
        {
            uint state = 1u << bit;
            for (int i = 0; i < zeroBytes; i++)
                state = BitOperations.Crc32C(state, (byte)0);
            int start = bit / 8 * 256;
            int mask = 1 << (bit % 8);
            for (int value = 0; value < 256; value++)
                table[start + value] ^= (value & mask) != 0 ? state : 0;
        }

        return table;
    }
}
