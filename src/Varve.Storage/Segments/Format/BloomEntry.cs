namespace Varve.Storage.Segments.Format;

/// <summary>What the footer says of a column's Bloom filters.</summary>
/// <param name="Parts">The pages; their number is a power of two. Each holds one part of every block's filter.</param>
/// <param name="Buckets">Per block: the 32-byte buckets of its filter in each part; 0 where the block has no filter.</param>
internal sealed record BloomEntry(PagePlace[] Parts, int[] Buckets)
{
    /// <summary>Where the block's buckets begin in each part.</summary>
    public int BucketsBefore(int block)
    {
        int before = 0;
        for (int i = 0; i < block; i++)
            before += Buckets[i];
        return before;
    }
}
