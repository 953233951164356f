using System.Collections.Immutable;

namespace Varve.Storage.Segments.Sealing;

/// <summary>
/// Decides which segments of a stream are written anew. Pure. A run of small neighbours is merged when the greatest of them is at most half of it:
/// a row's segment at least doubles whenever the row is written, so that no row is written often.
/// </summary>
internal static class CompactionPolicy
{
    /// <summary>A segment of this much of the greatest size is left as it is.</summary>
    private const double EnoughSize = 0.5;

    /// <summary>Null when all is well.</summary>
    /// <param name="segments">In the order of their offsets.</param>
    /// <param name="clusterBy">Places of the columns that the stream is clustered by.</param>
    /// <param name="keyVersion">Of the stream's current key.</param>
    /// <param name="limits">How big segments become.</param>
    /// <param name="isBarred">Segments that must not be touched, such as damaged ones.</param>
    public static CompactionChoice? Choose(
        ImmutableArray<SegmentInfo> segments, int[] clusterBy, int keyVersion, CompactionLimits limits, Func<SegmentInfo, bool> isBarred)
    {
        for (int start = 0; start < segments.Length; start++)
        {
            if (MergeFrom(segments, start, limits, isBarred) is var count and > 1)
                return new CompactionChoice(start, count, CompactionReason.Merge);
        }

        bool IsMisordered(SegmentInfo segment) => clusterBy.Length > 0 && !segment.ClusteredBy.AsSpan().SequenceEqual(clusterBy);
        return Rewrite(segments, limits, isBarred, IsMisordered, CompactionReason.Cluster)
            ?? Rewrite(segments, limits, isBarred, segment => segment.KeyVersion != keyVersion, CompactionReason.Key);
    }

    /// <summary>How many segments from the given one on are to be merged; 0 for none.</summary>
    private static int MergeFrom(
        ImmutableArray<SegmentInfo> segments, int start, CompactionLimits limits, Func<SegmentInfo, bool> isBarred)
    {
        double total = 0;
        double greatest = 0;
        int end = start;
        for (; end < segments.Length && !isBarred(segments[end]); end++)
        {
            double size = limits.SizeOf(segments[end]);
            if (size >= EnoughSize || total + size > 1)
                break;
            total += size;
            greatest = Math.Max(greatest, size);
        }

        // Where no more can come, because a greater one follows, fewer have to do.
        int count = end - start;
        bool isEnough = count >= limits.MergeCount || (count > 1 && end < segments.Length && total >= EnoughSize);
        return isEnough && (greatest * 2 <= total || limits.MergeCount == 2) ? count : 0;
    }

    /// <summary>The first segment that has to be written anew, with those behind it that have to as well, as far as they make one.</summary>
    private static CompactionChoice? Rewrite(
        ImmutableArray<SegmentInfo> segments,
        CompactionLimits limits,
        Func<SegmentInfo, bool> isBarred,
        Func<SegmentInfo, bool> isDue,
        CompactionReason reason)
    {
        for (int start = 0; start < segments.Length; start++)
        {
            double total = 0;
            int end = start;
            for (; end < segments.Length && isDue(segments[end]) && !isBarred(segments[end]); end++)
            {
                total += limits.SizeOf(segments[end]);
                if (end > start && total > 1)
                    break;
            }

            if (end > start)
                return new CompactionChoice(start, end - start, reason);
        }

        return null;
    }
}
