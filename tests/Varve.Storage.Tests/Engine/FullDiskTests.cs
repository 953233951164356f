using Varve.Storage.FileSystem;
using Varve.Storage.Tests.FileSystem;
using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Storage.Tests.Engine;

/// <summary>A disk without a free block refuses appends, and nothing else comes of it: no failure that is final, no start that fails, no row lost.</summary>
public class FullDiskTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(Errno.NoSpace)]
    [InlineData(Errno.QuotaExceeded)]
    public async Task Appends_are_refused_while_the_disk_is_full_and_taken_again_when_there_is_room(int error)
    {
        FaultyFileSystem disk = new();
        await using StorageEngine engine = await StorageEngine.OpenAsync(SimulatedOptions.On(disk));
        await engine.CreateStreamAsync("s", Rows.Schema);
        disk.FullError = error;
        int count = await FillAsync(engine, 0);
        Assert.True(engine.IsAccepting);
        Assert.Contains($"errno {error}", engine.Shortage?.Message, StringComparison.Ordinal);
        Assert.Equal(StorageErrorCode.DiskFull, (await Assert.ThrowsAsync<StorageException>(() => engine.CreateStreamAsync("t", Rows.Schema))).Code);
        Assert.Equal(StorageErrorCode.DiskFull, (await Assert.ThrowsAsync<StorageException>(() => engine.FlushAsync("s"))).Code);
        Assert.Equal(Numbers(count), engine.OpenView("s").Numbers());

        disk.FullError = null;
        await AppendWhenRoomAsync(engine, count++);
        Assert.Null(engine.Shortage);
        Assert.Equal(Numbers(count), engine.OpenView("s").Numbers());
        await engine.FlushAsync("s");
        Assert.Equal(Numbers(count), engine.OpenView("s").Numbers());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_node_starts_on_a_full_disk_and_reads(bool powerCut)
    {
        int seed = TestSeed.Next(output.WriteLine);
        FaultyFileSystem disk = new();
        int count;
        await using (StorageEngine engine = await StorageEngine.OpenAsync(SimulatedOptions.On(disk)))
        {
            await engine.CreateStreamAsync("s", Rows.Schema);
            disk.FullError = Errno.NoSpace;
            count = await FillAsync(engine, 0);
        }

        disk = powerCut ? disk.AfterPowerCut(new Random(seed)) : disk.AfterKill();
        for (int life = 0; life < 3; life++)
        {
            await using StorageEngine engine = await StorageEngine.OpenAsync(SimulatedOptions.On(disk));
            Assert.NotNull(engine.Shortage);
            Assert.Equal(StorageErrorCode.DiskFull, (await Assert.ThrowsAsync<StorageException>(() => engine.AppendAsync("s", Rows.Of(0)))).Code);
            Assert.Equal(Numbers(count), engine.OpenView("s").Numbers());
        }

        disk.FullError = null;
        await using StorageEngine last = await StorageEngine.OpenAsync(SimulatedOptions.On(disk));
        await last.AppendAsync("s", Rows.Of(count));
        Assert.Equal(Numbers(count + 1), last.OpenView("s").Numbers());
    }

    [Fact]
    public async Task Rows_can_be_dropped_and_trimmed_on_a_full_disk()
    {
        FaultyFileSystem disk = new();
        await using StorageEngine engine = await StorageEngine.OpenAsync(SimulatedOptions.On(disk));
        await engine.CreateStreamAsync("s", Rows.Schema);
        await engine.CreateStreamAsync("going", Rows.Schema);
        disk.FullError = Errno.NoSpace;
        await FillAsync(engine, 0);
        StorageException e = await Assert.ThrowsAsync<StorageException>(() => engine.DropStreamAsync("going"));
        Assert.Contains("its key is not erased yet", e.Message, StringComparison.Ordinal);
        Assert.False(engine.TryDescribe("going", out _));
        Assert.True(engine.IsAccepting);
    }

    /// <summary>The file can be written, and then the log has no room to tell of it.</summary>
    [Fact]
    public async Task A_segment_that_the_log_has_no_room_for_leaves_no_file_behind()
    {
        const int StreamCount = 200;
        FaultyFileSystem disk = new();
        await using StorageEngine engine = await StorageEngine.OpenAsync(SimulatedOptions.On(disk) with { Compacts = false });
        for (int i = 0; i < StreamCount; i++)
        {
            await engine.CreateStreamAsync($"s{i}", Rows.Schema);
            await engine.AppendAsync($"s{i}", Rows.Range(0, 3));
        }

        disk.Fault = new Fault(1, Errno.NoSpace, ForEver: true, "fallocate");
        int refused = 0;
        for (int i = 0; i < StreamCount; i++)
        {
            try
            {
                await engine.FlushAsync($"s{i}");
            }
            catch (StorageException e)
            {
                Assert.Equal(StorageErrorCode.DiskFull, e.Code);
                refused++;
            }
        }

        Assert.True(refused > 0, "there was room for all");
        Assert.True(engine.IsAccepting);
        IReadOnlyList<string> files = disk.ListFiles(Path.Combine(FaultyFileSystem.Root, "node", "segments"));
        Assert.Equal(engine.Statistics.SegmentCount, files.Count);
        Assert.Equal(StreamCount - refused, files.Count);
    }

    [Fact]
    public async Task A_large_append_that_finds_no_room_is_stored_not_at_all()
    {
        FaultyFileSystem disk = new();
        StorageEngine engine = await StorageEngine.OpenAsync(SimulatedOptions.On(disk));
        await engine.CreateStreamAsync("s", Rows.Schema);
        await engine.AppendAsync("s", Rows.Of(0));
        disk.FullError = Errno.NoSpace;
        StorageException e = await Assert.ThrowsAsync<StorageException>(() => engine.AppendAsync("s", Rows.Range(1, 20_000)));
        Assert.Equal(StorageErrorCode.DiskFull, e.Code);
        Assert.Equal(1, engine.OpenView("s").EndOffset);
        await engine.DisposeAsync();
        disk = disk.AfterKill();
        disk.FullError = null;
        await using StorageEngine reopened = await StorageEngine.OpenAsync(SimulatedOptions.On(disk));
        await reopened.AppendAsync("s", Rows.Range(1, 20_000));
        Assert.Equal(20_001, reopened.OpenView("s").EndOffset);
    }

    [Fact]
    public async Task Nothing_is_acknowledged_once_the_log_was_taken_away()
    {
        FaultyFileSystem disk = new();
        await using StorageEngine engine = await StorageEngine.OpenAsync(SimulatedOptions.On(disk));
        await engine.CreateStreamAsync("s", Rows.Schema);
        await engine.AppendAsync("s", Rows.Of(0));
        string log = Path.Combine(FaultyFileSystem.Root, "node", "log");
        foreach (string name in disk.ListFiles(log).Where(n => n.EndsWith(".log", StringComparison.Ordinal)))
            disk.Rename(Path.Combine(log, name), Path.Combine(log, name + ".away"));
        StorageException e = await Assert.ThrowsAsync<StorageException>(() => engine.AppendAsync("s", Rows.Of(1)));
        Assert.Equal(StorageErrorCode.NodeStopped, e.Code);
        Assert.Contains(".log", e.Message, StringComparison.Ordinal);
        Assert.False(engine.IsAccepting);
        Assert.Equal(Numbers(1), engine.OpenView("s").Numbers());
    }

    /// <summary>Appends until there is no room. Returns the first number that was not stored.</summary>
    private static async Task<int> FillAsync(StorageEngine engine, int first)
    {
        for (int i = first; i < first + 100_000; i++)
        {
            try
            {
                await engine.AppendAsync("s", Rows.Of(i));
            }
            catch (StorageException e)
            {
                Assert.Equal(StorageErrorCode.DiskFull, e.Code);
                return i;
            }
        }

        throw new InvalidOperationException("the disk did not become full");
    }

    private static async Task AppendWhenRoomAsync(StorageEngine engine, int number)
    {
        for (long started = TimeProvider.System.GetTimestamp(); TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromMinutes(1);)
        {
            try
            {
                await engine.AppendAsync("s", Rows.Of(number));
                return;
            }
            catch (StorageException e) when (e.Code == StorageErrorCode.DiskFull)
            {
                await Task.Yield();
            }
        }

        Assert.Fail("appends were not taken again");
    }

    private static IEnumerable<long> Numbers(int count) => Enumerable.Range(0, count).Select(n => (long)n);
}
