using System.Collections.Immutable;
using Varve.Storage.Streams;

namespace Varve.Storage.Segments.Sealing;

/// <summary>Decides which of a stream's oldest segments go. Pure. Whole segments go, so rows are kept for longer than asked, never shorter.</summary>
internal static class RetentionPolicy
{
    /// <summary>How many of the first segments go.</summary>
    /// <param name="segments">In the order of their offsets.</param>
    /// <param name="endOffset">Where the stream ends, its tail included.</param>
    /// <param name="settings">What is to be kept at least; where several are given, the one that keeps least decides.</param>
    /// <param name="nowMicros">Microseconds since 1970-01-01 UTC.</param>
    public static int TrimCount(ImmutableArray<SegmentInfo> segments, long endOffset, StoredSettings settings, long nowMicros)
    {
        long bytes = 0;
        foreach (SegmentInfo segment in segments)
            bytes += segment.FileBytes;
        int count = 0;
        foreach (SegmentInfo segment in segments)
        {
            bytes -= segment.FileBytes;
            bool isOld = settings.RetainMicros > 0 && segment.LastTimeMicros < nowMicros - settings.RetainMicros;
            bool isBehindRows = settings.RetainRows > 0 && endOffset - segment.EndOffset >= settings.RetainRows;
            bool isBehindBytes = settings.RetainBytes > 0 && bytes >= settings.RetainBytes;
            if (!isOld && !isBehindRows && !isBehindBytes)
                break;
            count++;
        }

        return count;
    }
}
