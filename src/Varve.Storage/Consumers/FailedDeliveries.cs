using System.Collections.Immutable;

namespace Varve.Storage.Consumers;

/// <summary>How often deliveries failed, of rows that are not acknowledged: rising, disjoint, neighbours of one number joined. Immutable.</summary>
internal sealed class FailedDeliveries
{
    private FailedDeliveries(ImmutableArray<FailedRows> items) => Items = items;

    public static FailedDeliveries Empty { get; } = new([]);

    public ImmutableArray<FailedRows> Items { get; }

    public long RowCount
    {
        get
        {
            long count = 0;
            foreach (FailedRows rows in Items)
                count += rows.RowCount;
            return count;
        }
    }

    /// <param name="items">Rising and disjoint.</param>
    public static FailedDeliveries Restore(IEnumerable<FailedRows> items) => Joined(items);

    /// <summary>One more delivery of these rows failed.</summary>
    public FailedDeliveries Add(OffsetRange range)
    {
        List<FailedRows> result = [.. Outside(range).Where(r => r.From < range.From)];
        long at = range.From;
        foreach (FailedRows rows in Items)
        {
            long from = Math.Max(rows.From, range.From);
            long end = Math.Min(rows.End, range.End);
            if (from >= end)
                continue;
            if (at < from)
                result.Add(new FailedRows(at, from, 1));
            result.Add(new FailedRows(from, end, rows.Count + 1));
            at = end;
        }

        if (at < range.End)
            result.Add(new FailedRows(at, range.End, 1));
        result.AddRange(Outside(range).Where(r => r.From >= range.End));
        return Joined(result);
    }

    /// <summary>These rows are through.</summary>
    public FailedDeliveries Remove(OffsetRange range) =>
        Items.Length == 0 || Items[0].From >= range.End || Items[^1].End <= range.From ? this : Joined(Outside(range));

    /// <summary>The rows around an offset of which as many deliveries failed; with a number of 0, up to the next that failed at all.</summary>
    public FailedRows At(long offset)
    {
        foreach (FailedRows rows in Items)
        {
            if (rows.From > offset)
                return new FailedRows(offset, rows.From, 0);
            if (rows.End > offset)
                return rows;
        }

        return new FailedRows(offset, long.MaxValue, 0);
    }

    private IEnumerable<FailedRows> Outside(OffsetRange range)
    {
        foreach (FailedRows rows in Items)
        {
            if (rows.From < range.From)
                yield return rows with { End = Math.Min(rows.End, range.From) };
            if (rows.End > range.End)
                yield return rows with { From = Math.Max(rows.From, range.End) };
        }
    }

    private static FailedDeliveries Joined(IEnumerable<FailedRows> items)
    {
        List<FailedRows> joined = [];
        foreach (FailedRows rows in items)
        {
            if (joined.Count > 0 && joined[^1].End == rows.From && joined[^1].Count == rows.Count)
                joined[^1] = joined[^1] with { End = rows.End };
            else
                joined.Add(rows);
        }

        return joined.Count == 0 ? Empty : new FailedDeliveries([.. joined]);
    }
}
