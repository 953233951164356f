using Varve.Storage.FileSystem;
using Varve.Storage.Tests.FileSystem;

namespace Varve.Storage.Tests.Engine;

public class StopTests
{
    [Theory]
    [InlineData(Errno.InputOutput)]
    [InlineData(Errno.NoSpace)]
    [InlineData(Errno.QuotaExceeded)]
    public async Task A_failed_sync_stops_the_node_and_nothing_acknowledged_is_lost(int error)
    {
        FaultyFileSystem disk = new();
        StorageEngine engine = await StorageEngine.OpenAsync(SimulatedOptions.On(disk));
        await engine.CreateStreamAsync("s", Rows.Schema);
        for (int i = 0; i < 10; i++)
            await engine.AppendAsync("s", Rows.Of(i));
        Task<long> follower = engine.WaitForRowsAsync("s", 10).AsTask();

        disk.Fault = new Fault(1, error, ForEver: false, "fdatasync");
        StorageException failed = await Assert.ThrowsAsync<StorageException>(() => engine.AppendAsync("s", Rows.Of(10)));
        Assert.Equal(StorageErrorCode.NodeStopped, failed.Code);
        Assert.Contains("may or may not be there after a restart", failed.Message, StringComparison.Ordinal);

        // The disk works again, but what it holds is known only to a recovery.
        Assert.False(engine.IsAccepting);
        Assert.NotNull(engine.StopReason);
        StorageException refused = await Assert.ThrowsAsync<StorageException>(() => engine.AppendAsync("s", Rows.Of(11)));
        Assert.Equal(StorageErrorCode.NodeStopped, refused.Code);
        Assert.Equal(
            StorageErrorCode.NodeStopped, (await Assert.ThrowsAsync<StorageException>(() => engine.CreateStreamAsync("t", Rows.Schema))).Code);
        Assert.Equal(StorageErrorCode.NodeStopped, (await Assert.ThrowsAsync<StorageException>(() => follower)).Code);
        Assert.Equal(Enumerable.Range(0, 10).Select(n => (long)n), engine.OpenView("s").Numbers());
        Assert.True(engine.VisibleUpTo <= engine.DurableUpTo && engine.DurableUpTo <= engine.AppendedUpTo);

        await engine.DisposeAsync();
        FaultyFileSystem after = disk.AfterPowerCut(new Random(1));
        await using StorageEngine reopened = await StorageEngine.OpenAsync(SimulatedOptions.On(after));
        Assert.Equal(Enumerable.Range(0, 10).Select(n => (long)n), reopened.OpenView("s").Numbers().Take(10));
        Assert.True(reopened.OpenView("s").EndOffset <= 11);
        await reopened.AppendAsync("s", Rows.Of(99));
    }

    [Fact]
    public async Task Everything_accepted_is_finished_when_the_engine_closes()
    {
        await using EngineHost host = await EngineHost.StartAsync();
        await host.Engine.CreateStreamAsync("s", Rows.Schema);
        Task<AppendResult>[] appends = [.. Enumerable.Range(0, 200).Select(i => host.Engine.AppendAsync("s", Rows.Of(i)))];
        await host.CloseAsync();
        await Task.WhenAll(appends);
        await host.OpenAsync();
        Assert.Equal(Enumerable.Range(0, 200).Select(n => (long)n), host.Engine.OpenView("s").Numbers());
    }

    [Fact]
    public async Task A_closed_engine_refuses_changes_and_keeps_its_views()
    {
        await using EngineHost host = await EngineHost.StartAsync();
        await host.Engine.CreateStreamAsync("s", Rows.Schema);
        await host.Engine.AppendAsync("s", Rows.Of(1));
        StorageEngine engine = host.Engine;
        await host.CloseAsync();
        await engine.DisposeAsync();

        Assert.False(engine.IsAccepting);
        StorageException e = await Assert.ThrowsAsync<StorageException>(() => engine.AppendAsync("s", Rows.Of(2)));
        Assert.Equal(StorageErrorCode.NodeStopped, e.Code);
        Assert.Contains("was closed", e.Message, StringComparison.Ordinal);
        Assert.Equal([1], engine.OpenView("s").Numbers());
    }
}
