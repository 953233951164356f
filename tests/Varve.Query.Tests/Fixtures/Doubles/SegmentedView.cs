using Varve.Arrow;
using Varve.Arrow.Transform;
using Varve.Storage;

namespace Varve.Query.Tests.Fixtures.Doubles;

/// <summary>Makes segments of the rows of a view, as a scan meets them: sealed ones first, the last rows in the tail. For tests of the scan
/// alone.</summary>
internal static class SegmentedView
{
    /// <param name="view">Of a stream whose rows are all in the tail.</param>
    /// <param name="segments">The rows of each block of each segment, from the first row on; what they do not take stays in the tail.</param>
    /// <param name="orderBy">The columns by which the rows of each segment are put in another order, as a clustered one's are; null: none.</param>
    public static StreamView Of(StreamView view, int[][] segments, int? orderBy = null)
    {
        ArrayData[] columns = [.. view.Stream.Schema.Fields.Select((_, i) => ArrayConcat.Concat([.. view.Chunks.Select(c => c.Columns[i])]))];
        ArrayData times = ArrayConcat.Concat([.. view.Chunks.Select(c => c.Time)]);
        List<ScanGroup> groups = [];
        int at = 0;
        foreach (int[] blocks in segments)
        {
            int rows = blocks.Sum();
            int[] order = Order(columns, orderBy, at, rows);
            groups.Add(new SegmentDouble(
                [.. columns.Select(c => ArrayTake.Take(c, order))],
                ArrayTake.Take(times, order),
                [.. order.Select(i => view.FirstOffset + i)],
                blocks));
            at += rows;
        }

        if (at < columns[0].Length)
        {
            int rest = columns[0].Length - at;
            groups.Add(new SegmentDouble(
                [.. columns.Select(c => c.Slice(at, rest))],
                times.Slice(at, rest),
                [.. Enumerable.Range(at, rest).Select(i => view.FirstOffset + i)],
                [rest])
            {
                IsTail = true,
            });
        }

        return new StreamView(view.Stream, view.Position, view.Chunks, groups);
    }

    private static int[] Order(ArrayData[] columns, int? orderBy, int at, int rows)
    {
        int[] order = [.. Enumerable.Range(at, rows)];
        if (orderBy is { } column)
        {
            string[] keys = [.. order.Select(i => Rows.Show(columns[column], i))];
            Array.Sort(keys, order, StringComparer.Ordinal);
        }

        return order;
    }
}
