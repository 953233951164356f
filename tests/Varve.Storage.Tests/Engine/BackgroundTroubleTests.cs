using Varve.Storage.FileSystem;
using Varve.Storage.Tests.FileSystem;

namespace Varve.Storage.Tests.Engine;

/// <summary>What the background does where segments are damaged, the disk fails, or streams go while somebody reads them.</summary>
public class BackgroundTroubleTests
{
    [Fact]
    public async Task A_damaged_segment_is_reported_and_left_alone_and_the_others_are_merged()
    {
        await using EngineHost host = await EngineHost.StartAsync(o => o with { Compacts = false });
        await SegmentsAsync(host, "s", 6);
        await SegmentsAsync(host, "t", 4);
        string damagedPath = Path.Combine(host.Directory, "segments", "0000000003.seg");
        byte[] damaged = await File.ReadAllBytesAsync(damagedPath);

        // In the footer, which everything that reads the file needs.
        damaged[^60] ^= 0x10;
        await File.WriteAllBytesAsync(damagedPath, damaged);
        await host.Engine.CompactAsync("s");
        await host.Engine.CompactAsync("t");
        Assert.Equal((3, 1), (host.Engine.Describe("s").SegmentCount, host.Engine.Describe("t").SegmentCount));
        Assert.Equal((1, 0), (host.Engine.Statistics.DamagedSegmentCount, host.Engine.Statistics.CompactionFailureCount));
        Assert.Equal(damaged, await File.ReadAllBytesAsync(damagedPath));
        Assert.Equal(600, host.Engine.Describe("s").RowCount);
        StreamView view = host.Engine.OpenView("s");
        Assert.Equal(500, view.Groups.Where(g => !IsDamaged(g)).Sum(g => g.RowCount));
        StorageException e = Assert.Throws<StorageException>(() => view.Numbers());
        Assert.Equal(StorageErrorCode.Corruption, e.Code);
        Assert.Contains(damagedPath, e.Message, StringComparison.Ordinal);

        // Asked again, it is not looked at again; nor does it hinder what comes later.
        await host.Engine.AppendAsync("s", Rows.Range(600, 100));
        await host.Engine.FlushAsync("s");
        await host.Engine.CompactAsync("s");
        Assert.Equal((3, 1L), (host.Engine.Describe("s").SegmentCount, host.Engine.Statistics.DamagedSegmentCount));
        Assert.Equal(Enumerable.Range(0, 400).Select(n => (long)n), host.Engine.OpenView("t").Numbers());
    }

    [Fact]
    public async Task A_disk_that_does_not_give_a_page_is_no_damage_and_the_segment_is_merged_once_it_does()
    {
        FaultyFileSystem disk = new();
        await using EngineHost host = await EngineHost.StartAsync(_ => SimulatedOptions.On(disk) with { Compacts = false, SegmentCacheBytes = 0 });
        await host.Engine.CreateStreamAsync("s", Rows.Schema);
        long[] numbers = [.. Enumerable.Range(0, 6_000).Select(i => i * 2_654_435_761 % 1_000_003)];
        foreach (long[] rows in numbers.Chunk(2_000))
        {
            await host.Engine.AppendAsync("s", Rows.Of(rows));
            await host.Engine.FlushAsync("s");
        }

        StreamView view = host.Engine.OpenView("s");
        Assert.Equal(numbers, view.Numbers());
        disk.Fault = new Fault(1, Errno.InputOutput, ForEver: true, "pread");
        StorageException read = Assert.Throws<StorageException>(() => view.Numbers());
        StorageException merged = await Assert.ThrowsAsync<StorageException>(() => host.Engine.CompactAsync("s"));
        foreach (StorageException e in new[] { read, merged })
        {
            Assert.Equal(StorageErrorCode.DiskError, e.Code);
            Assert.Contains("0000000001.seg", e.Message, StringComparison.Ordinal);
        }

        disk.Fault = null;
        Assert.Equal((0, 1), (host.Engine.Statistics.DamagedSegmentCount, host.Engine.Statistics.CompactionFailureCount));
        Assert.True(host.Engine.IsAccepting);
        await host.Engine.CompactAsync("s");
        Assert.Equal(1, host.Engine.Describe("s").SegmentCount);
        Assert.Equal(numbers, host.Engine.OpenView("s").Numbers());
    }

    [Fact]
    public async Task Views_of_a_stream_that_is_dropped_read_its_segments_after_key_and_files_are_gone()
    {
        await using EngineHost host = await EngineHost.StartAsync(o => o with { Compacts = false, SegmentCacheBytes = 0 });
        await SegmentsAsync(host, "s", 3);
        await host.Engine.AppendAsync("s", Rows.Range(300, 10));
        await host.Engine.CreateStreamAsync("t", Rows.Schema);
        StreamView read = host.Engine.OpenView("s");
        StreamView unread = host.Engine.OpenView("s");
        Assert.Equal(310, read.Numbers().Length);
        await host.Engine.DropStreamAsync("s");

        // Before it does what it is asked for, the background deletes files.
        await host.Engine.CompactAsync("t");
        Assert.Empty(Directory.GetFiles(Path.Combine(host.Directory, "segments")));
        Assert.DoesNotContain(host.Engine.ListKeys(), k => k.Stream == "s");
        Assert.Equal(Enumerable.Range(0, 310).Select(n => (long)n), read.Numbers());
        Assert.Equal(Enumerable.Range(0, 310).Select(n => (long)n), unread.Numbers());
        Assert.Throws<StorageException>(() => host.Engine.OpenView("s"));
    }

    [Fact]
    public async Task Rows_are_sealed_when_the_clock_says_that_they_are_old_and_not_before()
    {
        ManualTime time = new();
        await using EngineHost host = await EngineHost.StartAsync(o => o with { Time = time, SealAge = TimeSpan.FromHours(1), Compacts = false });
        await host.Engine.CreateStreamAsync("s", Rows.Schema);
        await host.Engine.CreateStreamAsync("t", Rows.Schema);
        await host.Engine.AppendAsync("s", Rows.Range(0, 100));
        time.Now += TimeSpan.FromMinutes(59);
        await host.Engine.AppendAsync("t", Rows.Range(0, 10));
        await host.Engine.FlushAsync("t");
        Assert.Equal(100, host.Engine.Describe("s").TailRowCount);
        time.Now += TimeSpan.FromMinutes(2);

        // Counted when it is done.
        await WaitUntilAsync(() => host.Engine.Statistics.SealCount == 2);
        Assert.Equal((1, 0), (host.Engine.Describe("s").SegmentCount, host.Engine.Describe("s").TailRowCount));
        Assert.Equal(100, host.Engine.OpenView("s").Numbers().Length);
    }

    [Fact]
    public async Task A_seal_that_fails_is_tried_again_when_the_clock_says_so()
    {
        ManualTime time = new();
        FaultyFileSystem disk = new();
        await using EngineHost host = await EngineHost.StartAsync(_ => SimulatedOptions.On(disk) with { Time = time, SealRows = 100 });
        await host.Engine.CreateStreamAsync("s", Rows.Schema);
        disk.Before = call =>
        {
            if (call == "rename")
                throw new IOException("no segment today", Errno.InputOutput);
        };
        await host.Engine.AppendAsync("s", Rows.Range(0, 100));
        await WaitUntilAsync(() => host.Engine.Statistics.SealFailureCount == 1);
        Assert.Equal((100, 0), (host.Engine.Describe("s").TailRowCount, host.Engine.Statistics.SealCount));
        disk.Before = null;

        // The failure is counted before it is decided how long it waits, so the clock goes on until it is tried again.
        await WaitUntilAsync(() =>
        {
            time.Now += TimeSpan.FromSeconds(1);
            return host.Engine.Statistics.SealCount == 1;
        });
        Assert.Equal((0, 1L), (host.Engine.Describe("s").TailRowCount, host.Engine.Statistics.SealFailureCount));
    }

    private static bool IsDamaged(ScanGroup group)
    {
        try
        {
            BlockBuffers buffers = new();
            foreach (ScanBlock block in group.Blocks)
                block.Column(0, buffers);
            return false;
        }
        catch (StorageException e) when (e.Code == StorageErrorCode.Corruption)
        {
            return true;
        }
    }

    /// <summary>A stream of so many segments of 100 rows.</summary>
    private static async Task SegmentsAsync(EngineHost host, string name, int count)
    {
        await host.Engine.CreateStreamAsync(name, Rows.Schema);
        for (int i = 0; i < count; i++)
        {
            await host.Engine.AppendAsync(name, Rows.Range(100 * i, 100));
            await host.Engine.FlushAsync(name);
        }
    }

    private static async Task WaitUntilAsync(Func<bool> condition)
    {
        using CancellationTokenSource late = new(TimeSpan.FromMinutes(2));
        while (!condition())
            await Task.Delay(10, late.Token);
    }
}
