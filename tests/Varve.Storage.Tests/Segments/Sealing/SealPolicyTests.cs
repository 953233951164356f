using Varve.Storage.Segments.Sealing;

namespace Varve.Storage.Tests.Segments.Sealing;

public class SealPolicyTests
{
    private static readonly SealLimits Limits = new(Rows: 1_000, Bytes: 100_000, TimeSpan.FromMilliseconds(10), MemoryBytes: 800_000);

    [Fact]
    public void Nothing_is_sealed_that_is_small_and_young()
    {
        Assert.Null(Choose(0));
        Assert.Null(Choose(0, Tail(0, 0, 0)));
        Assert.Null(Choose(399_999, Tail(999, 999, 99_999)));
    }

    [Fact]
    public void A_tail_of_enough_rows_or_bytes_is_sealed_but_for_the_chunk_that_grows()
    {
        Assert.Equal(new SealChoice(Tail(1_200, 1_000, 12_000), 1_000, TakesAll: false, SealReason.Size), Choose(0, Tail(1_200, 1_000, 12_000)));
        Assert.Equal(new SealChoice(Tail(100, 80, 200_000), 50, TakesAll: false, SealReason.Size), Choose(0, Tail(100, 80, 200_000)));
        Assert.Equal(new SealChoice(Tail(1_200, 100, 12_000), 1_000, TakesAll: true, SealReason.Size), Choose(0, Tail(1_200, 100, 12_000)));
    }

    [Fact]
    public void An_old_tail_is_sealed_whole()
    {
        TailState old = Tail(10, 0, 100) with { OldestMicros = 990_000 };
        Assert.Equal(new SealChoice(old, 1_000, TakesAll: true, SealReason.Age), Choose(0, Tail(10, 0, 100), old));
        Assert.Null(Choose(0, old with { OldestMicros = 990_001 }));
    }

    [Fact]
    public void Where_memory_runs_out_the_biggest_goes_first_in_small_steps()
    {
        TailState big = Tail(4_000, 3_900, 300_000);
        Assert.Equal(new SealChoice(big, 1_000, TakesAll: false, SealReason.Memory), Choose(400_001, Tail(1_500, 0, 20_000), big));
        TailState wide = Tail(40, 30, 300_000);
        Assert.Equal(new SealChoice(wide, 13, TakesAll: false, SealReason.Memory), Choose(400_001, wide));
    }

    [Fact]
    public void Appends_on_their_way_alone_make_no_segments_of_a_few_rows() =>
        Assert.Null(Choose(700_000, Tail(3, 0, 10_000)));

    private static SealChoice? Choose(long usedBytes, params TailState[] tails) => SealPolicy.Choose(tails, usedBytes, 1_000_000, Limits);

    private static TailState Tail(long rows, long fullRows, long bytes) => new(null!, 0, rows, fullRows, bytes, 999_000);
}
