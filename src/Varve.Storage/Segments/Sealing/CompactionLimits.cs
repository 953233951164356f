namespace Varve.Storage.Segments.Sealing;

/// <summary>How big segments become.</summary>
/// <param name="Rows">A segment has at most that many,</param>
/// <param name="RawBytes">and takes at most that much as plain arrays, unless it was sealed so: a column of all its rows is held in memory.</param>
/// <param name="MergeCount">So many small neighbours become one. Two:
/// any two, however different they are, which is what somebody asks for who wants few segments now.</param>
internal sealed record CompactionLimits(long Rows, long RawBytes, int MergeCount)
{
    /// <summary>How much of the greatest segment this one is.</summary>
    public double SizeOf(SegmentInfo segment) => Math.Max((double)segment.RowCount / Rows, (double)segment.RawBytes / RawBytes);
}
