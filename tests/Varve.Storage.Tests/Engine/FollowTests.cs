namespace Varve.Storage.Tests.Engine;

public class FollowTests
{
    [Fact]
    public async Task Rows_that_are_there_are_told_at_once()
    {
        await using EngineHost host = await EngineHost.StartAsync();
        await host.Engine.CreateStreamAsync("s", Rows.Schema);
        await host.Engine.AppendAsync("s", Rows.Of(1, 2, 3));
        ValueTask<long> told = host.Engine.WaitForRowsAsync("s", 2);
        Assert.True(told.IsCompletedSuccessfully);
        Assert.Equal(3, await told);
    }

    [Fact]
    public async Task A_follower_waits_for_rows_beyond_its_offset()
    {
        await using EngineHost host = await EngineHost.StartAsync();
        await host.Engine.CreateStreamAsync("s", Rows.Schema);
        Task<long> one = host.Engine.WaitForRowsAsync("s", 0).AsTask();
        Task<long> three = host.Engine.WaitForRowsAsync("s", 2).AsTask();
        await host.Engine.AppendAsync("s", Rows.Of(1));
        Assert.Equal(1, await one);
        Assert.False(three.IsCompleted);
        await host.Engine.AppendAsync("s", Rows.Of(2, 3));
        Assert.Equal(3, await three);
    }

    [Fact]
    public async Task Thousands_of_followers_miss_no_row()
    {
        await using EngineHost host = await EngineHost.StartAsync();
        await host.Engine.CreateStreamAsync("s", Rows.Schema);
        const int appends = 100;
        Task[] followers = [.. Enumerable.Range(0, 2_000).Select(_ => Task.Run(async () =>
        {
            for (long seen = 0; seen < appends;)
            {
                long end = await host.Engine.WaitForRowsAsync("s", seen);
                Assert.True(end > seen);
                Assert.True(host.Engine.OpenView("s").EndOffset >= end);
                seen = end;
            }
        }))];
        for (int i = 0; i < appends; i++)
            await host.Engine.AppendAsync("s", Rows.Of(i));
        await Task.WhenAll(followers).WaitAsync(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task A_follower_that_is_called_off_stops_and_others_go_on()
    {
        await using EngineHost host = await EngineHost.StartAsync();
        await host.Engine.CreateStreamAsync("s", Rows.Schema);
        using CancellationTokenSource cancellation = new();
        Task<long> off = host.Engine.WaitForRowsAsync("s", 0, cancellation.Token).AsTask();
        Task<long> on = host.Engine.WaitForRowsAsync("s", 0).AsTask();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => off);
        await host.Engine.AppendAsync("s", Rows.Of(1));
        Assert.Equal(1, await on);
    }

    [Fact]
    public async Task Followers_of_a_dropped_stream_are_told()
    {
        await using EngineHost host = await EngineHost.StartAsync();
        await host.Engine.CreateStreamAsync("s", Rows.Schema);
        Task<long> follower = host.Engine.WaitForRowsAsync("s", 0).AsTask();
        await host.Engine.DropStreamAsync("s");
        StorageException e = await Assert.ThrowsAsync<StorageException>(() => follower);
        Assert.Equal(StorageErrorCode.StreamNotFound, e.Code);
        Assert.Equal("cannot read stream 's': it was dropped", e.Message);
    }

    [Fact]
    public async Task Followers_are_told_when_the_engine_closes()
    {
        await using EngineHost host = await EngineHost.StartAsync();
        await host.Engine.CreateStreamAsync("s", Rows.Schema);
        Task<long> follower = host.Engine.WaitForRowsAsync("s", 0).AsTask();
        await host.CloseAsync();
        Assert.Equal(StorageErrorCode.NodeStopped, (await Assert.ThrowsAsync<StorageException>(() => follower)).Code);
    }
}
