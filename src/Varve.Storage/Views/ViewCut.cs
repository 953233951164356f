using System.Runtime.InteropServices;
using Varve.Arrow;

namespace Varve.Storage.Views;

/// <summary>Views as they were at an earlier moment: the rows before an offset. Stateless.</summary>
internal static class ViewCut
{
    public static StreamView Until(StreamView view, long endOffset, LogPosition position)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(endOffset, view.FirstOffset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(endOffset, view.EndOffset);
        StreamDescription stream = view.Stream with
        {
            EndOffset = endOffset,
            TailRowCount = Math.Max(0, view.Stream.TailRowCount - (view.EndOffset - endOffset)),
            Position = position < view.Stream.Position ? position : view.Stream.Position,
        };
        return endOffset == view.EndOffset
            ? new StreamView(stream, position, view.Chunks, view.Groups)
            : new StreamView(stream, position, new CutChunks(view, endOffset), Groups(view, endOffset));
    }

    public static long EndAt(StreamView view, DateTimeOffset time)
    {
        long limit = (time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        int low = 0;
        int high = view.Chunks.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (Times(view.Chunks[middle])[0] <= limit)
                low = middle + 1;
            else
                high = middle;
        }

        if (low == 0)
            return view.FirstOffset;
        ViewChunk last = view.Chunks[low - 1];
        ReadOnlySpan<long> times = Times(last);
        int rows = times.Length;
        while (times[rows - 1] > limit)
            rows--;
        return last.FirstOffset + rows;
    }

    internal static ReadOnlySpan<long> Times(ViewChunk chunk)
    {
        ArrayData times = chunk.Time;
        return MemoryMarshal.Cast<byte, long>(times.Buffers[1].Span).Slice(times.Offset, times.Length);
    }

    /// <summary>Whole groups before the cut, and the chunks of the one that it goes through.</summary>
    private static List<ScanGroup> Groups(StreamView view, long endOffset)
    {
        List<ScanGroup> groups = [];
        foreach (ScanGroup group in view.Groups)
        {
            if (group.OffsetZone.Greatest.Whole < endOffset)
                groups.Add(group);
            else if (group.OffsetZone.Least.Whole < endOffset)
                groups.Add(new CutGroup(Blocks(view, (long)group.OffsetZone.Least.Whole, endOffset), group));
        }

        return groups;
    }

    private static List<CutBlock> Blocks(StreamView view, long from, long endOffset)
    {
        List<CutBlock> blocks = [];
        for (int i = view.ChunkIndexOf(from); i < view.Chunks.Count && view.Chunks[i].FirstOffset < endOffset; i++)
        {
            ViewChunk chunk = view.Chunks[i];
            blocks.Add(new CutBlock(chunk, (int)Math.Min(chunk.RowCount, endOffset - chunk.FirstOffset)));
        }

        return blocks;
    }
}
