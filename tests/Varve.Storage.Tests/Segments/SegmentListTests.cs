using Varve.Storage.Segments;
using Varve.Storage.Streams;
using static Varve.Storage.Tests.Segments.TestSegments;

namespace Varve.Storage.Tests.Segments;

public class SegmentListTests
{
    /// <summary>Segments 1, 2, 3 with the rows 0-9, 10-19, 20-29.</summary>
    private static readonly SegmentList Three = Sealed(Info(1, 1, 0, 10), Info(2, 1, 10, 20), Info(3, 1, 20, 30));

    [Fact]
    public void Seals_continue_where_the_last_one_ended()
    {
        Assert.Equal((0, 30, 306), (Three.FirstOffset, Three.SealedEnd, Three.FileBytes));
        Refused("segment 4 begins at offset 29, 30 is next", Three.Seal(Info(4, 1, 29, 40), 40, 2, out _));
        Refused("segment 4 begins at offset 31, 30 is next", Three.Seal(Info(4, 1, 31, 40), 40, 2, out _));
        Refused("the stream ends at 39", Three.Seal(Info(4, 1, 30, 40), 39, 2, out _));
        Refused("the stream ends at 40", Three.Seal(Info(4, 1, 30, 40) with { RowCount = long.MaxValue }, 40, 2, out _));
        Refused("segment 4 has 0 rows", Three.Seal(Info(4, 1, 30, 40) with { RowCount = 0 }, 40, 2, out _));
        Refused("segment 4 has 2 columns", Three.Seal(Info(4, 1, 30, 40), 40, 1, out _));
        Refused("1 zones", Three.Seal(Info(4, 1, 30, 40) with { Zones = new Varve.Storage.Zones.Zone?[1] }, 40, 2, out _));
        Refused("blocks that do not hold its 10 rows", Three.Seal(Info(4, 1, 30, 40) with { BlockRows = [4, 5] }, 40, 2, out _));
        Refused("blocks that do not hold its 10 rows", Three.Seal(Info(4, 1, 30, 40) with { BlockRows = [10, 0] }, 40, 2, out _));
        Refused("sorted by columns", Three.Seal(Info(4, 1, 30, 40) with { ClusteredBy = [2] }, 40, 2, out _));
        Refused("the times of segment 4 fall", Three.Seal(Info(4, 1, 30, 40, time: 999_999), 40, 2, out _));
        Refused("the times of segment 4 fall", Three.Seal(Info(4, 1, 30, 40) with { LastTimeMicros = 0 }, 40, 2, out SegmentList same));
        Assert.Same(Three, same);
        Assert.Null(Three.Seal(Info(4, 1, 30, 40), 40, 2, out SegmentList four));
        Assert.Equal((40, 410), (four.SealedEnd, four.FileBytes));
    }

    [Fact]
    public void Segments_are_replaced_by_others_with_the_same_rows()
    {
        Assert.Null(Three.Replace([1, 2], [Info(4, 1, 0, 20)], 2, out SegmentList two));
        Assert.Equal([4, 3], two.Items.Select(s => s.Id));
        Assert.Equal((0, 30, 207), (two.FirstOffset, two.SealedEnd, two.FileBytes));
        Assert.Null(Three.Replace([2], [Info(4, 1, 10, 12), Info(5, 1, 12, 20)], 2, out SegmentList four));
        Assert.Equal([1, 4, 5, 3], four.Items.Select(s => s.Id));

        Refused("segment 9 is not there", Three.Replace([9], [Info(4, 1, 0, 10)], 2, out _));
        Refused("segment 3 is not there", Three.Replace([1, 3], [Info(4, 1, 0, 20)], 2, out _));
        Refused("segment 4 is not there", Three.Replace([3, 4], [Info(5, 1, 20, 40)], 2, out _));
        Refused("0 segments would replace 1", Three.Replace([1], [], 2, out _));
        Refused("1 segments would replace 0", Three.Replace([], [Info(4, 1, 0, 10)], 2, out _));
        Refused("expected was 20", Three.Replace([1, 2], [Info(4, 1, 0, 19)], 2, out _));
        Refused("expected were those from 0 to 20", Three.Replace([1, 2], [Info(4, 1, 0, 21)], 2, out _));
        Refused("expected were those from 10 to 20", Three.Replace([1, 2], [Info(4, 1, 0, 10), Info(5, 1, 11, 20)], 2, out _));
        Refused("times that the segments before them had not", Three.Replace([2], [Info(4, 1, 10, 20, time: 999_999)], 2, out SegmentList same));
        Assert.Same(Three, same);
    }

    [Fact]
    public void Rows_are_trimmed_at_the_borders_of_segments()
    {
        Assert.Null(Three.Trim(20, out SegmentList one));
        Assert.Equal((20, 30, 103), (one.FirstOffset, one.SealedEnd, one.FileBytes));
        Assert.Null(Three.Trim(30, out SegmentList none));
        Assert.Equal((30, 30, 0), (none.FirstOffset, none.SealedEnd, none.FileBytes));
        Assert.Null(none.Seal(Info(4, 1, 30, 40, time: 1), 40, 2, out _));

        Refused("where no segment begins", Three.Trim(15, out _));
        Refused("rows before 31 would go", Three.Trim(31, out _));
        Refused("rows before 0 would go", Three.Trim(0, out _));
        Refused("rows before 10 would go", one.Trim(10, out SegmentList same));
        Assert.Same(one, same);
    }

    [Fact]
    public void A_list_is_restored_only_whole()
    {
        Assert.Null(Three.Trim(10, out SegmentList two));
        SegmentList? restored = SegmentList.Restore(two.Items, 10, 30, 2, out string? none);
        Assert.Null(none);
        Assert.Equal((10, 30, 205), (restored!.FirstOffset, restored.SealedEnd, restored.FileBytes));
        foreach ((SegmentInfo[] items, long first, long end) in new (SegmentInfo[], long, long)[]
        {
            ([.. two.Items], 0, 30), ([.. two.Items], 10, 31), ([.. two.Items], 10, 29), ([two.Items[1], two.Items[0]], 10, 30), ([], 10, 30),
            ([], -1, -1),
        })
        {
            Assert.Null(SegmentList.Restore(items, first, end, 2, out string? problem));
            Assert.NotNull(problem);
        }
    }

    private static SegmentList Sealed(params SegmentInfo[] segments)
    {
        SegmentList list = SegmentList.Empty;
        foreach (SegmentInfo segment in segments)
            Assert.Null(list.Seal(segment, segment.EndOffset, 2, out list));
        return list;
    }

    private static void Refused(string part, string? problem) => Assert.Contains(part, problem, StringComparison.Ordinal);
}
