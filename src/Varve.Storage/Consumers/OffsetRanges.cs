using System.Collections.Immutable;

namespace Varve.Storage.Consumers;

/// <summary>A set of offsets as the ranges that it consists of: rising, none empty, none touching the next. Immutable.</summary>
internal sealed class OffsetRanges
{
    private OffsetRanges(ImmutableArray<OffsetRange> items) => Items = items;

    public static OffsetRanges Empty { get; } = new([]);

    public ImmutableArray<OffsetRange> Items { get; }

    public long RowCount
    {
        get
        {
            long count = 0;
            foreach (OffsetRange range in Items)
                count += range.RowCount;
            return count;
        }
    }

    /// <summary>Ranges in any order, which may overlap. Empty ones count for nothing.</summary>
    public static OffsetRanges Of(IEnumerable<OffsetRange> ranges)
    {
        List<OffsetRange> joined = [];
        foreach (OffsetRange range in ranges.Where(r => r.RowCount > 0).OrderBy(r => r.From))
        {
            if (joined.Count > 0 && range.From <= joined[^1].End)
                joined[^1] = joined[^1] with { End = Math.Max(joined[^1].End, range.End) };
            else
                joined.Add(range);
        }

        return joined.Count == 0 ? Empty : new OffsetRanges([.. joined]);
    }

    public OffsetRanges Add(OffsetRange range)
    {
        if (range.RowCount <= 0)
            return this;

        // Those that overlap or touch it become one with it.
        int first = FirstEndingAtOrAfter(range.From);
        int behind = first;
        while (behind < Items.Length && Items[behind].From <= range.End)
            range = new OffsetRange(Math.Min(range.From, Items[behind].From), Math.Max(range.End, Items[behind++].End));
        return new OffsetRanges([.. Items.AsSpan(0, first), range, .. Items.AsSpan()[behind..]]);
    }

    public OffsetRanges Remove(OffsetRange range)
    {
        int first = FirstEndingAtOrAfter(range.From + 1);
        int behind = first;
        while (behind < Items.Length && Items[behind].From < range.End)
            behind++;
        if (first == behind || range.RowCount <= 0)
            return this;
        OffsetRange before = new(Items[first].From, range.From);
        OffsetRange after = new(range.End, Items[behind - 1].End);
        return new OffsetRanges(
        [
            .. Items.AsSpan(0, first),
            .. before.RowCount > 0 ? [before] : ReadOnlySpan<OffsetRange>.Empty,
            .. after.RowCount > 0 ? [after] : ReadOnlySpan<OffsetRange>.Empty,
            .. Items.AsSpan()[behind..],
        ]);
    }

    /// <summary>What of a range is not in the set.</summary>
    public IEnumerable<OffsetRange> Missing(OffsetRange range)
    {
        long at = range.From;
        for (int i = FirstEndingAtOrAfter(range.From + 1); i < Items.Length && Items[i].From < range.End; i++)
        {
            if (Items[i].From > at)
                yield return new OffsetRange(at, Items[i].From);
            at = Items[i].End;
        }

        if (at < range.End)
            yield return new OffsetRange(at, range.End);
    }

    /// <summary>How many offsets of a range are in the set.</summary>
    public long CountIn(OffsetRange range) => range.RowCount - Missing(range).Sum(r => r.RowCount);

    /// <summary>The end of the range that holds the offset; the offset itself where none does.</summary>
    public long EndAt(long offset)
    {
        int i = FirstEndingAtOrAfter(offset + 1);
        return i < Items.Length && Items[i].From <= offset ? Items[i].End : offset;
    }

    /// <summary>The first offset from here on that is in the set; <see cref="long.MaxValue"/> where none is.</summary>
    public long NextFrom(long offset)
    {
        int i = FirstEndingAtOrAfter(offset + 1);
        return i < Items.Length ? Math.Max(offset, Items[i].From) : long.MaxValue;
    }

    private int FirstEndingAtOrAfter(long offset)
    {
        int low = 0;
        int high = Items.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (Items[middle].End >= offset)
                high = middle;
            else
                low = middle + 1;
        }

        return low;
    }
}
