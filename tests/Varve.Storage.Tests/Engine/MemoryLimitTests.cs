using Varve.Arrow;
using Varve.Storage.Tests.FileSystem;

namespace Varve.Storage.Tests.Engine;

public class MemoryLimitTests
{
    private const long Limit = 8 << 20;

    [Fact]
    public async Task Appends_beyond_the_limit_are_refused_and_reads_go_on()
    {
        await using EngineHost host = await EngineHost.StartAsync(WithoutRoom);
        await host.Engine.CreateStreamAsync("s", Rows.Schema);
        (long rows, StorageException e) = await FillAsync(host.Engine);

        Assert.Equal(StorageErrorCode.MemoryLimit, e.Code);
        Assert.Matches($"cannot append to stream 's': [0-9]+ bytes of memory are asked for, [0-9]+ of {Limit} are in use", e.Message);
        Assert.Equal(rows, host.Engine.OpenView("s").EndOffset);
        Assert.True(host.Engine.IsAccepting);
        Assert.Equal(1, host.Engine.Statistics.MemoryRefusalCount);
        Assert.InRange(host.Engine.Statistics.TailBytes, Limit / 2, Limit + (Limit / 2));
        Assert.Equal(Limit, host.Engine.Statistics.TailLimitBytes);
    }

    [Fact]
    public async Task Dropping_a_stream_gives_its_memory_back()
    {
        await using EngineHost host = await EngineHost.StartAsync(WithoutRoom);
        await host.Engine.CreateStreamAsync("s", Rows.Schema);
        await FillAsync(host.Engine);
        await host.Engine.DropStreamAsync("s");
        Assert.Equal(0, host.Engine.Statistics.TailBytes);
        await host.Engine.CreateStreamAsync("s", Rows.Schema);
        await FillAsync(host.Engine);
    }

    [Fact]
    public async Task A_log_that_holds_more_than_the_limit_is_opened_and_read()
    {
        await using EngineHost host = await EngineHost.StartAsync(WithoutRoom);
        await host.Engine.CreateStreamAsync("s", Rows.Schema);
        (long rows, _) = await FillAsync(host.Engine);
        host.Options = host.Options with { TailMemoryLimitBytes = 1 << 20 };
        await host.ReopenAsync();
        Assert.Equal(rows, host.Engine.OpenView("s").EndOffset);
        StorageException e = await Assert.ThrowsAsync<StorageException>(() => host.Engine.AppendAsync("s", Rows.Of(1)));
        Assert.Equal(StorageErrorCode.MemoryLimit, e.Code);
        await host.Engine.DropStreamAsync("s");
    }

    [Fact]
    public async Task Appends_on_their_way_count()
    {
        await using EngineHost host = await EngineHost.StartAsync(o => o with { TailMemoryLimitBytes = Limit });
        await host.Engine.CreateStreamAsync("s", Rows.Schema);
        Task<AppendResult>[] appends = [.. Enumerable.Range(0, 200).Select(_ => host.Engine.AppendAsync("s", Rows.Range(0, 5_000)))];
        await Task.WhenAll(appends).ContinueWith(_ => { }, TaskScheduler.Default);
        Assert.Contains(appends, t => t.IsCompletedSuccessfully);
        Assert.All(appends.Where(t => t.IsFaulted), t =>
            Assert.Equal(StorageErrorCode.MemoryLimit, Assert.IsType<StorageException>(t.Exception!.InnerException).Code));
        Assert.Equal(appends.Count(t => t.IsCompletedSuccessfully) * 5_000, host.Engine.OpenView("s").EndOffset);
        Assert.InRange(host.Engine.Statistics.TailBytes, 1, Limit + (Limit / 2));
    }

    [Fact]
    public async Task Rows_without_bytes_are_bounded_too()
    {
        await using EngineHost host = await EngineHost.StartAsync(o => o with { TailMemoryLimitBytes = Limit, MaxBatchBytes = 1 << 20 });
        Schema nothing = new([new Field("x", ArrowTypes.Null), new Field("l", new ListType(new Field("item", ArrowTypes.Null)))]);
        await host.Engine.CreateStreamAsync("s", nothing);
        Schema x = new([nothing.Fields[0]]);
        StorageException many = await Assert.ThrowsAsync<StorageException>(
            () => host.Engine.AppendAsync("s", new RecordBatch(x, 1 << 27, [new ArrayData(ArrowTypes.Null, 1 << 27, 1 << 27, [])])));
        Assert.Equal(StorageErrorCode.BatchTooLarge, many.Code);

        ArrayData elements = new(ArrowTypes.Null, int.MaxValue, int.MaxValue, []);
        ArrayData list = new(nothing.Fields[1].Type, 1, 0, [default, BitConverter.GetBytes(0L | ((long)int.MaxValue << 32))], [elements]);
        StorageException deep = await Assert.ThrowsAsync<StorageException>(
            () => host.Engine.AppendAsync("s", new RecordBatch(new Schema([nothing.Fields[1]]), 1, [list])));
        Assert.Equal(StorageErrorCode.BatchTooLarge, deep.Code);
    }

    /// <summary>Rows that cannot be sealed stay in memory.</summary>
    private static StorageOptions WithoutRoom(StorageOptions options) =>
        options with { TailMemoryLimitBytes = Limit, MemoryWait = TimeSpan.Zero, FileSystem = RefusingFileSystem.OfSegments() };

    private static async Task<(long Rows, StorageException Refused)> FillAsync(StorageEngine engine)
    {
        for (long rows = 0; ; rows += 2_000)
        {
            Assert.True(rows < 1_000_000, "nothing is refused");
            try
            {
                await engine.AppendAsync("s", Rows.Range(rows, 2_000));
            }
            catch (StorageException e)
            {
                return (rows, e);
            }
        }
    }
}
