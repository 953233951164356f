namespace Varve.Storage.Tests.Engine;

public class CancellationTests
{
    [Fact]
    public async Task An_append_called_off_before_it_begins_leaves_nothing()
    {
        await using EngineHost host = await EngineHost.StartAsync();
        await host.Engine.CreateStreamAsync("s", Rows.Schema);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            host.Engine.AppendAsync("s", Rows.Of(1), new CancellationToken(canceled: true)));
        Assert.Equal(0, host.Engine.Describe("s").EndOffset);
    }

    [Fact]
    public async Task Appends_called_off_at_any_moment_are_stored_whole_and_told_or_not_at_all()
    {
        await using EngineHost host = await EngineHost.StartAsync();
        await host.Engine.CreateStreamAsync("s", Rows.Schema);
        List<long> stored = [];
        int calledOff = 0;
        for (int round = 0; round < 40; round++)
        {
            using CancellationTokenSource cancellation = new();
            Task<AppendResult>[] appends =
                [.. Enumerable.Range(0, 16).Select(i => host.Engine.AppendAsync("s", Rows.Of((round * 16) + i), cancellation.Token))];
            await cancellation.CancelAsync();
            for (int i = 0; i < appends.Length; i++)
            {
                try
                {
                    await appends[i];
                    stored.Add((round * 16) + i);
                }
                catch (OperationCanceledException)
                {
                    calledOff++;
                }
            }
        }

        Assert.True(calledOff > 0, "nothing was called off");
        Assert.NotEmpty(stored);
        Assert.Equal(stored, host.Engine.OpenView("s").Numbers());
        await host.ReopenAsync();
        Assert.Equal(stored, host.Engine.OpenView("s").Numbers());
    }

    [Fact]
    public async Task Opening_can_be_called_off()
    {
        await using EngineHost host = await EngineHost.StartAsync();
        await host.Engine.CreateStreamAsync("s", Rows.Schema);
        await host.CloseAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => StorageEngine.OpenAsync(host.Options, new CancellationToken(canceled: true)));
        await host.OpenAsync();
    }
}
