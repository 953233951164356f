using Varve.Storage.Segments;
using Varve.Storage.Segments.Sealing;
using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Storage.Tests.Segments.Sealing;

public class CompactionPolicyTests(ITestOutputHelper output)
{
    private static readonly CompactionLimits Limits = new(Rows: 1_000, RawBytes: 1_000_000, MergeCount: 4);

    [Fact]
    public void Four_small_neighbours_become_one()
    {
        Assert.Null(Choose([100, 100, 100]));
        Assert.Equal(new CompactionChoice(0, 4, CompactionReason.Merge), Choose([100, 100, 100, 100]));
        Assert.Equal(new CompactionChoice(1, 4, CompactionReason.Merge), Choose([900, 100, 100, 100, 100]));
    }

    [Fact]
    public void A_segment_that_is_most_of_the_result_is_not_written_for_a_few_rows()
    {
        Assert.Null(Choose([400, 10, 10, 10]));
        Assert.Equal(new CompactionChoice(1, 4, CompactionReason.Merge), Choose([400, 10, 10, 10, 10]));
    }

    [Fact]
    public void No_result_is_greater_than_the_limits()
    {
        Assert.Equal(new CompactionChoice(0, 2, CompactionReason.Merge), Choose([450, 450, 450]));
        Assert.Null(Choose([450]));
        Assert.Null(CompactionPolicy.Choose([.. Segments([10, 10, 10, 10]).Select(s => s with { RawBytes = 600_000 })], [], 0, Limits, _ => false));
    }

    [Fact]
    public void Barred_segments_stay_where_they_are()
    {
        SegmentInfo[] segments = Segments([100, 100, 100, 100, 100, 100, 100]);
        Assert.Equal(
            new CompactionChoice(3, 4, CompactionReason.Merge), CompactionPolicy.Choose([.. segments], [], 0, Limits, s => s.Id == 3));
        Assert.Null(CompactionPolicy.Choose([.. segments], [], 0, Limits, s => s.Id is 3 or 6));
        Assert.Null(CompactionPolicy.Choose([.. segments], [1], 7, Limits, _ => true));
    }

    [Fact]
    public void Segments_of_another_order_or_key_are_written_anew()
    {
        SegmentInfo[] segments = Segments([900, 900, 300, 300]);
        Assert.Equal(new CompactionChoice(0, 1, CompactionReason.Cluster), CompactionPolicy.Choose([.. segments], [1], 0, Limits, _ => false));
        Assert.Equal(
            new CompactionChoice(2, 2, CompactionReason.Cluster),
            CompactionPolicy.Choose([.. segments.Select(s => s.Id < 3 ? s with { ClusteredBy = [1] } : s)], [1], 0, Limits, _ => false));
        Assert.Null(CompactionPolicy.Choose([.. segments.Select(s => s with { ClusteredBy = [1] })], [1], 0, Limits, _ => false));
        Assert.Null(CompactionPolicy.Choose([.. segments.Select(s => s with { ClusteredBy = [1] })], [], 0, Limits, _ => false));
        Assert.Equal(
            new CompactionChoice(1, 1, CompactionReason.Key),
            CompactionPolicy.Choose([.. segments.Select(s => s.Id == 2 ? s : s with { KeyVersion = 4 })], [], 4, Limits, _ => false));
    }

    [Fact]
    public void Rows_are_written_a_few_times_however_small_their_segments_begin()
    {
        Random random = new(TestSeed.Next(output.WriteLine));
        List<long> sizes = [];
        long written = 0;
        long total = 0;
        for (int i = 0; i < 5_000; i++)
        {
            sizes.Add(random.Next(1, 5));
            total += sizes[^1];
            while (Choose([.. sizes]) is { } choice)
            {
                long merged = sizes.Skip(choice.Start).Take(choice.Count).Sum();
                sizes.RemoveRange(choice.Start, choice.Count);
                sizes.Insert(choice.Start, merged);
                written += merged;
                Assert.InRange(merged, 1, 1_000);
            }
        }

        output.WriteLine($"{total} rows written {(double)written / total:0.0} times, {sizes.Count} segments");
        Assert.InRange((double)written / total, 1, 8);
        Assert.InRange(sizes.Count, total / 1_000, (total / 450) + 12);
    }

    private static CompactionChoice? Choose(long[] rows) => CompactionPolicy.Choose([.. Segments(rows)], [], 0, Limits, _ => false);

    private static SegmentInfo[] Segments(long[] rows)
    {
        long offset = 0;
        return [.. rows.Select((count, i) =>
        {
            offset += count;
            return TestSegments.Info(i + 1, 1, offset - count, offset) with { ClusteredBy = [], RawBytes = count };
        })];
    }
}
