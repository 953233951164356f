using System.Buffers.Binary;
using System.Numerics;

namespace Varve.Storage.Segments.Bloom;

/// <summary>
/// Split-block Bloom filters (Putze, Sanders, Singler: "Cache-, Hash- and Space-Efficient Bloom Filters") over <see cref="ValueHash"/>. A value sets
/// eight bits of one bucket: one in each of its eight 32-bit words, little-endian. The filters of a column's blocks are cut into parts by the highest
/// bits of the hash, and a page holds one part of all of them, so that one short read tells for a value which blocks may have it.
/// <code>
/// part       the highest log2(parts) bits of the hash
/// bucket     the 32 bits behind them, times the filter's buckets in a part, divided by 2^32
/// bit i      the lowest 32 bits of the hash, times salt i, divided by 2^27
/// page       per block in order: its buckets of the part, 32 bytes each
/// </code>
/// </summary>
internal static class BloomFilter
{
    public const int BucketBytes = 32;
    public const int BitsPerValue = 10;

    private const int Words = 8;

    private static readonly uint[] Salts =
        [0x5B9C6E2D, 0xA3F1D847, 0x2E6B97C5, 0xD8347F1B, 0x7C15A9E3, 0x91DE4B6F, 0x46A2F38D, 0xE87D15B9];

    public static int PartOf(ulong hash, int parts) => parts == 1 ? 0 : (int)(hash >> (64 - BitOperations.Log2((uint)parts)));

    public static void Add(ulong hash, int parts, Span<byte> filter)
    {
        Span<byte> bucket = filter.Slice(BucketOf(hash, parts, filter.Length / BucketBytes) * BucketBytes, BucketBytes);
        for (int i = 0; i < Words; i++)
        {
            Span<byte> word = bucket.Slice(i * sizeof(uint), sizeof(uint));
            BinaryPrimitives.WriteUInt32LittleEndian(word, BinaryPrimitives.ReadUInt32LittleEndian(word) | Bit(hash, i));
        }
    }

    /// <summary>False only where the value was never added.</summary>
    /// <param name="hash">Of the value.</param>
    /// <param name="parts">Of the column's filters.</param>
    /// <param name="filter">The block's buckets of the value's part.</param>
    public static bool MayHold(ulong hash, int parts, ReadOnlySpan<byte> filter)
    {
        ReadOnlySpan<byte> bucket = filter.Slice(BucketOf(hash, parts, filter.Length / BucketBytes) * BucketBytes, BucketBytes);
        for (int i = 0; i < Words; i++)
        {
            if ((BinaryPrimitives.ReadUInt32LittleEndian(bucket[(i * sizeof(uint))..]) & Bit(hash, i)) == 0)
                return false;
        }

        return true;
    }

    private static int BucketOf(ulong hash, int parts, int buckets) =>
        (int)(((hash << BitOperations.Log2((uint)parts) >> 32) * (ulong)buckets) >> 32);

    private static uint Bit(ulong hash, int word) => 1u << (int)(unchecked((uint)hash * Salts[word]) >> 27);
}
