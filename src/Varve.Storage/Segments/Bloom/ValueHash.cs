using System.Buffers.Binary;
using System.Numerics;

namespace Varve.Storage.Segments.Bloom;

/// <summary>
/// XXH64 with seed 0, as its specification (github.com/Cyan4973/xxHash, doc/xxhash_spec.md) has it: Bloom filters in files depend on every bit of it.
/// Whole numbers are hashed as eight bytes, little-endian.
/// </summary>
internal static class ValueHash
{
    private const ulong Prime1 = 0x9E3779B185EBCA87;
    private const ulong Prime2 = 0xC2B2AE3D27D4EB4F;
    private const ulong Prime3 = 0x165667B19E3779F9;
    private const ulong Prime4 = 0x85EBCA77C2B2AE63;
    private const ulong Prime5 = 0x27D4EB2F165667C5;

    public static ulong Of(long value) => Avalanche(Mix8(Prime5 + sizeof(long), (ulong)value));

    public static ulong Of(ReadOnlySpan<byte> value)
    {
        ulong hash = value.Length >= 32 ? Stripes(value) : Prime5;
        hash += (ulong)value.Length;
        ReadOnlySpan<byte> rest = value[(value.Length & ~31)..];
        for (; rest.Length >= sizeof(ulong); rest = rest[sizeof(ulong)..])
            hash = Mix8(hash, BinaryPrimitives.ReadUInt64LittleEndian(rest));
        if (rest.Length >= sizeof(uint))
        {
            hash = (BitOperations.RotateLeft(hash ^ (BinaryPrimitives.ReadUInt32LittleEndian(rest) * Prime1), 23) * Prime2) + Prime3;
            rest = rest[sizeof(uint)..];
        }

        foreach (byte last in rest)
            hash = BitOperations.RotateLeft(hash ^ (last * Prime5), 11) * Prime1;
        return Avalanche(hash);
    }

    private static ulong Stripes(ReadOnlySpan<byte> value)
    {
        ulong a = unchecked(Prime1 + Prime2);
        ulong b = Prime2;
        ulong c = 0;
        ulong d = unchecked(0 - Prime1);
        for (; value.Length >= 32; value = value[32..])
        {
            a = Round(a, BinaryPrimitives.ReadUInt64LittleEndian(value));
            b = Round(b, BinaryPrimitives.ReadUInt64LittleEndian(value[8..]));
            c = Round(c, BinaryPrimitives.ReadUInt64LittleEndian(value[16..]));
            d = Round(d, BinaryPrimitives.ReadUInt64LittleEndian(value[24..]));
        }

        ulong hash = BitOperations.RotateLeft(a, 1) + BitOperations.RotateLeft(b, 7);
        hash += BitOperations.RotateLeft(c, 12) + BitOperations.RotateLeft(d, 18);
        return Merge(Merge(Merge(Merge(hash, a), b), c), d);
    }

    private static ulong Round(ulong lane, ulong input) => BitOperations.RotateLeft(lane + (input * Prime2), 31) * Prime1;

    private static ulong Merge(ulong hash, ulong lane) => ((hash ^ Round(0, lane)) * Prime1) + Prime4;

    private static ulong Mix8(ulong hash, ulong input) => (BitOperations.RotateLeft(hash ^ Round(0, input), 27) * Prime1) + Prime4;

    private static ulong Avalanche(ulong hash)
    {
        hash = (hash ^ (hash >> 33)) * Prime2;
        hash = (hash ^ (hash >> 29)) * Prime3;
        return hash ^ (hash >> 32);
    }
}
