using System.Collections.Immutable;
using Varve.Storage.Segments;

namespace Varve.Storage.Streams;

/// <summary>
/// The segments of a stream, one behind the other without gaps, and with them where its rows begin and where its tail begins. Immutable: every
/// change makes a new list, or tells why it does not fit this one and makes none.
/// </summary>
internal sealed class SegmentList
{
    private SegmentList(ImmutableArray<SegmentInfo> items, long firstOffset, long sealedEnd, long fileBytes)
    {
        Items = items;
        FirstOffset = firstOffset;
        SealedEnd = sealedEnd;
        FileBytes = fileBytes;
    }

    /// <summary>Of a new stream.</summary>
    public static SegmentList Empty { get; } = new([], 0, 0, 0);

    public ImmutableArray<SegmentInfo> Items { get; }

    /// <summary>The oldest row that is kept.</summary>
    public long FirstOffset { get; }

    /// <summary>Where the tail begins: all kept rows before are in segments.</summary>
    public long SealedEnd { get; }

    /// <summary>Of all segments together.</summary>
    public long FileBytes { get; }

    /// <summary>A list as it was written down. Null where it is none; the problem says why.</summary>
    public static SegmentList? Restore(IReadOnlyList<SegmentInfo> items, long firstOffset, long sealedEnd, int columnCount, out string? problem)
    {
        problem = firstOffset < 0 ? $"rows that begin at {firstOffset}" : Chain(items, firstOffset, sealedEnd, columnCount);
        return problem is null ? Make([.. items], firstOffset, sealedEnd) : null;
    }

    /// <summary>Takes the oldest rows of a tail that ends at <paramref name="endOffset"/> into a segment.</summary>
    public string? Seal(SegmentInfo segment, long endOffset, int columnCount, out SegmentList sealedList)
    {
        sealedList = this;
        string? problem = segment.FirstOffset != SealedEnd ? $"segment {segment.Id} begins at offset {segment.FirstOffset}, {SealedEnd} is next"
            : segment.RowCount > endOffset - SealedEnd ? $"segment {segment.Id} has {segment.RowCount} rows from offset {SealedEnd}, the stream ends at {endOffset}"
            : Items.Length > 0 && segment.FirstTimeMicros < Items[^1].LastTimeMicros ? $"the times of segment {segment.Id} fall"
            : Chain([segment], segment.FirstOffset, segment.EndOffset, columnCount);
        if (problem is null)
            sealedList = new SegmentList(Items.Add(segment), FirstOffset, segment.EndOffset, FileBytes + segment.FileBytes);
        return problem;
    }

    /// <summary>Puts segments in the place of neighbouring ones that have the same offsets.</summary>
    public string? Replace(IReadOnlyList<long> removedIds, IReadOnlyList<SegmentInfo> added, int columnCount, out SegmentList replaced)
    {
        replaced = this;
        int first = removedIds.Count == 0 ? -1 : IndexOf(removedIds[0]);
        for (int i = 0; i < removedIds.Count; i++)
        {
            if (first < 0 || first + i >= Items.Length || Items[first + i].Id != removedIds[i])
                return $"segment {removedIds[i]} is not there to be replaced";
        }

        if (first < 0 || added.Count == 0)
            return $"{added.Count} segments would replace {removedIds.Count}";
        SegmentInfo last = Items[first + removedIds.Count - 1];
        if (Chain(added, Items[first].FirstOffset, last.EndOffset, columnCount) is { } problem)
            return problem;
        if (added[0].FirstTimeMicros < Items[first].FirstTimeMicros || added[^1].LastTimeMicros > last.LastTimeMicros)
            return $"segment {added[0].Id} and those behind it have times that the segments before them had not";
        replaced = Make(Items.RemoveRange(first, removedIds.Count).InsertRange(first, added), FirstOffset, SealedEnd);
        return null;
    }

    /// <summary>Lets the segments before an offset go, at which one begins or the tail.</summary>
    public string? Trim(long firstOffset, out SegmentList trimmed)
    {
        trimmed = this;
        if (firstOffset <= FirstOffset || firstOffset > SealedEnd)
            return $"rows before {firstOffset} would go, of those from {FirstOffset} to {SealedEnd} that are sealed";
        int kept = 0;
        while (kept < Items.Length && Items[kept].FirstOffset < firstOffset)
            kept++;
        if ((kept < Items.Length ? Items[kept].FirstOffset : SealedEnd) != firstOffset)
            return $"rows before {firstOffset} would go, where no segment begins";
        trimmed = Make(Items.RemoveRange(0, kept), firstOffset, SealedEnd);
        return null;
    }

    private int IndexOf(long id)
    {
        for (int i = 0; i < Items.Length; i++)
        {
            if (Items[i].Id == id)
                return i;
        }

        return -1;
    }

    private static SegmentList Make(ImmutableArray<SegmentInfo> items, long firstOffset, long sealedEnd) =>
        new(items, firstOffset, sealedEnd, items.Sum(s => s.FileBytes));

    /// <summary>Why these are not segments that follow one another from one offset to another; null where they are.</summary>
    private static string? Chain(IReadOnlyList<SegmentInfo> items, long from, long to, int columnCount)
    {
        long next = from;
        long time = long.MinValue;
        foreach (SegmentInfo segment in items)
        {
            if (segment.FirstOffset != next || segment.RowCount < 1 || segment.RowCount > to - next)
                return $"segment {segment.Id} has {segment.RowCount} rows from offset {segment.FirstOffset}, expected were those from {next} to {to}";
            if (segment.ColumnCount > columnCount || segment.Zones.Length != segment.ColumnCount)
                return $"segment {segment.Id} has {segment.ColumnCount} columns and {segment.Zones.Length} zones, the stream has {columnCount} columns";
            if (segment.BlockRows.Any(rows => rows < 1) || segment.BlockRows.Sum(rows => (long)rows) != segment.RowCount)
                return $"segment {segment.Id} has {segment.BlockRows.Length} blocks that do not hold its {segment.RowCount} rows";
            if (segment.ClusteredBy.Any(column => column < 0 || column >= columnCount) || segment.RawBytes < 0)
                return $"segment {segment.Id} is sorted by columns that the stream has not, or has {segment.RawBytes} bytes";
            if (segment.Id < 1 || segment.FileBytes < 1 || segment.KeyVersion < 0)
                return $"segment {segment.Id} has {segment.FileBytes} bytes and version {segment.KeyVersion} of a key";
            if (segment.FirstTimeMicros > segment.LastTimeMicros || segment.FirstTimeMicros < time)
                return $"the times of segment {segment.Id} fall";
            next = segment.EndOffset;
            time = segment.LastTimeMicros;
        }

        return next == to ? null : $"segments end at offset {next}, expected was {to}";
    }
}
