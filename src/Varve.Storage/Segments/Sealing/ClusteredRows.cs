using Varve.Storage.Segments.Ordering;

namespace Varve.Storage.Segments.Sealing;

/// <summary>Rows as a segment is to have them. Without state.</summary>
internal static class ClusteredRows
{
    /// <summary>Rows of a tail in the order of cluster columns, or as they are where there are none or where that is their order.</summary>
    /// <param name="tail">The rows.</param>
    /// <param name="clusterBy">Places of columns, the most important first; empty for none.</param>
    /// <param name="rawBytes">What the rows take as plain arrays.</param>
    public static SegmentSource Of(SegmentSource tail, ReadOnlySpan<int> clusterBy, long rawBytes)
    {
        if (clusterBy.IsEmpty)
            return tail;
        int[] before = RowOrder.AsIs(tail);
        int[] rows = [.. before];
        RowOrder.Sort(rows, tail, clusterBy);
        return rows.AsSpan().SequenceEqual(before) ? tail : new SortedSource(tail, rows, Cut(tail, rows.Length, rawBytes), keepsOffsets: true);
    }

    /// <summary>Rows of segments in the order of cluster columns, or of their offsets where there are none.</summary>
    /// <inheritdoc cref="Of(SegmentSource, ReadOnlySpan{int}, long)"/>
    public static SegmentSource Of(MergeSource segments, ReadOnlySpan<int> clusterBy, long rawBytes)
    {
        int[] before = segments.HasOrder ? RowOrder.AsIs(segments) : RowOrder.ByOffset(segments);
        int[] blockRows = Cut(segments, before.Length, rawBytes);
        if (!clusterBy.IsEmpty)
        {
            int[] rows = [.. before];
            RowOrder.Sort(rows, segments, clusterBy);
            if (!rows.AsSpan().SequenceEqual(before))
                return new SortedSource(segments, rows, blockRows, keepsOffsets: true) { Pause = segments.Pause };
        }

        return segments.HasOrder
            ? new RecutSource(segments, blockRows)
            : new SortedSource(segments, before, blockRows, keepsOffsets: false) { Pause = segments.Pause };
    }

    private static int[] Cut(SegmentSource rows, int rowCount, long rawBytes) => BlockCut.Of(rowCount, rawBytes, rows.Schema);
}
