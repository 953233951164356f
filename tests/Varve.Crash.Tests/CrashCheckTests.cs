namespace Varve.Crash.Tests;

/// <summary>The checker finds what it is there to find: each kind of damage is planted once.</summary>
public class CrashCheckTests
{
    private static readonly StoredBatch[] Stored = [new(0, 1, 0, 3), new(1, 1, 3, 2), new(0, 2, 5, 1)];
    private static readonly Acknowledged[] Told = [.. Stored.Select(b => new Acknowledged("s", b.Writer, b.Batch, b.FirstOffset, b.RowCount))];

    [Fact]
    public void What_is_right_passes()
    {
        CrashCheck check = new("s");
        check.Judge(Stored[..2], Told[..2], 2);
        check.Judge(Stored, [], 2);
        Assert.Equal(1, check.UnacknowledgedCount);
    }

    [Fact]
    public void A_lost_batch_is_found() => Finds("is lost", Stored[..2], Told);

    [Fact]
    public void A_batch_that_is_there_twice_is_found() => Finds("is there twice", [.. Stored, Stored[1] with { FirstOffset = 6 }], Told);

    [Fact]
    public void A_batch_at_another_offset_is_found() => Finds("is there as", Stored, [Told[0] with { FirstOffset = 1 }]);

    [Fact]
    public void A_batch_with_other_rows_is_found() => Finds("is there as", Stored, [Told[1] with { RowCount = 9 }]);

    [Fact]
    public void Batches_of_a_writer_out_of_order_are_found() =>
        Finds("behind a newer batch", [Stored[0] with { Batch = 3 }, Stored[1], Stored[2]], []);

    [Fact]
    public void A_gap_is_found() => Finds("begins where 5 is next", [Stored[0], Stored[1], Stored[2] with { FirstOffset = 6 }], []);

    [Fact]
    public void More_than_a_batch_a_writer_that_nobody_was_told_of_is_found() => Finds("were not acknowledged", Stored, [], writerCount: 2);

    [Fact]
    public void What_vanishes_after_it_was_seen_is_found()
    {
        CrashCheck check = new("s");
        check.Judge(Stored, Told, 2);
        CrashCheckException e = Assert.Throws<CrashCheckException>(() => check.Judge(Stored[..2], [], 2));
        Assert.Contains("was there after an earlier crash", e.Message, StringComparison.Ordinal);
    }

    private static void Finds(string what, StoredBatch[] found, Acknowledged[] told, int writerCount = 8)
    {
        CrashCheckException e = Assert.Throws<CrashCheckException>(() => new CrashCheck("s").Judge(found, told, writerCount));
        Assert.Contains(what, e.Message, StringComparison.Ordinal);
    }
}
