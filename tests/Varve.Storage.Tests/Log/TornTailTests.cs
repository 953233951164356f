using Varve.Storage.Log;
using Varve.Storage.Tests.FileSystem;
using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Storage.Tests.Log;

public sealed class TornTailTests(ITestOutputHelper output)
{
    // The last group is three entries; nothing on the disk says that it was acknowledged.
    private static readonly int[][] Groups = [[100, 30], [700, 0, 200], [9, 500, 61]];
    private const int Proven = 5;
    private const int All = 8;

    [Fact]
    public async Task The_tail_may_end_at_any_byte_of_the_last_entries()
    {
        int seed = TestSeed.Next(output.WriteLine);
        var random = new Random(seed);
        LogImage whole = await LogImage.MakeAsync(closed: false, Groups);
        int start = whole.Find(Proven + 1).Start;
        int end = whole.Find(All).End;
        for (int cut = start; cut <= end; cut++)
        {
            LogImage zeros = whole.Copy();
            zeros[0].AsSpan(cut, end - cut).Clear();
            List<ReplayedEntry> replayed = zeros.Judge();
            LogTesting.AssertWhole(replayed);
            Assert.Equal(Enumerable.Range(Proven + 1, All - Proven).Count(position => WholeBefore(whole, position, cut)) + Proven, replayed.Count);

            LogImage garbage = whole.Copy();
            random.NextBytes(garbage[0].AsSpan(cut, end - cut));
            replayed = garbage.Judge();
            LogTesting.AssertWhole(replayed);
            Assert.InRange(replayed.Count, Proven, All);
        }
    }

    [Fact]
    public async Task A_log_with_a_torn_tail_goes_on_after_its_last_whole_entry()
    {
        LogImage whole = await LogImage.MakeAsync(closed: false, Groups);
        (_, int start, int end) = whole.Find(7);
        for (int cut = start; cut < end; cut += 37)
        {
            LogImage torn = whole.Copy();
            torn[0].AsSpan(cut).Clear();
            FaultyFileSystem disk = torn.ToFileSystem();
            (DurableLog log, List<ReplayedEntry> replayed) = await LogTesting.OpenAsync(LogTesting.Small(LogTesting.InMemory, disk));
            Assert.Equal(6, replayed.Count);
            await LogTesting.AppendAsync(log, 300, 1, 2000);
            await log.DisposeAsync();
            replayed = await LogTesting.ReplayAsync(LogTesting.Small(LogTesting.InMemory, disk));
            Assert.Equal(9, replayed.Count);
            LogTesting.AssertWhole(replayed);
        }
    }

    [Fact]
    public async Task Whole_entries_behind_a_torn_one_are_cut_with_it_while_nobody_knew_of_them()
    {
        LogImage image = await LogImage.MakeAsync(closed: false, Groups);
        image[0][image.Find(6).Start + 46] ^= 1;
        Assert.Equal(Proven, (await image.ReplayAsync()).Count);
    }

    [Fact]
    public async Task Leftovers_behind_a_cut_tail_never_come_back_as_successors_of_new_entries()
    {
        // Entry 3 ends with its block, so writing its place again leaves what stands behind it.
        const int BlockEnd = 4096 - LogLayout.LengthBytes - EntryHeader.Bytes;
        int filling = BlockEnd - LogLayout.FirstAddress - LogLayout.EntryBytes(10) - LogLayout.EntryBytes(20);
        var disk = new FaultyFileSystem();
        DurableLogOptions Options() =>
            LogTesting.Small(LogTesting.InMemory, disk) with { PageBytes = 16 << 10, MemoryBytes = 64 << 10, SegmentBytes = 64 << 10 };
        (DurableLog log, _) = await LogTesting.OpenAsync(Options());
        await LogTesting.AppendAsync(log, 10, 20);
        for (int position = 3; position <= 6; position++)
            log.Enqueue(default, LogTesting.Payload(position, filling));
        await log.CommitAsync();
        LogImage image = LogImage.Of(disk);
        await log.DisposeAsync();
        (_, int start, int end) = image.Find(3);
        image[0][end - 9] ^= 1;

        disk = image.ToFileSystem();
        (log, List<ReplayedEntry> replayed) = await LogTesting.OpenAsync(Options());
        Assert.Equal(2, replayed.Count);
        byte[] successor = LogTesting.Payload(3, filling, life: 1);
        log.Enqueue(default, successor);
        await log.CommitAsync();
        disk = disk.AfterKill();
        await log.DisposeAsync();

        // The new entry has the place and the length of the torn one: the old entries 4, 5 and 6 stand right behind it, whole.
        LogImage after = LogImage.Of(disk);
        Assert.Equal((0, start, end), after.Find(3));
        Assert.Equal(end, after.Find(4).Start);
        replayed = await LogTesting.ReplayAsync(Options());
        Assert.Equal(3, replayed.Count);
        Assert.Equal(successor, replayed[2].Payload);
    }

    [Fact]
    public async Task A_copy_of_the_log_inside_a_payload_is_no_witness()
    {
        LogImage other = await LogImage.MakeAsync(closed: true, [[100], [100], [100], [100], [100], [100], [100], [100]]);
        byte[] copy = other[0].AsSpan(LogFileHeader.BlockBytes, 1600).ToArray();
        var fileSystem = new FaultyFileSystem();
        (DurableLog log, _) = await LogTesting.OpenAsync(LogTesting.Small(LogTesting.InMemory, fileSystem));
        await LogTesting.AppendAsync(log, 10);
        log.Enqueue(default, new byte[8]);
        log.Enqueue(default, copy);
        await log.CommitAsync();
        LogImage image = LogImage.Of(fileSystem);
        await log.DisposeAsync();
        image[0][image.Find(2).End - 1] ^= 1;
        image[0][image.Find(2).End - 5] ^= 1;
        Assert.Single(image.Judge());
    }

    private static bool WholeBefore(LogImage image, long position, int cut)
    {
        // The bytes that align the next entry and payload bytes that are zero anyway are not missed.
        (_, int start, int end) = image.Find(position);
        int last = Array.FindLastIndex(image[0], end - 1, end - start, value => value != 0);
        return last < cut;
    }
}
