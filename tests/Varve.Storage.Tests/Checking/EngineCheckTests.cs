using Varve.Storage.Checking;

namespace Varve.Storage.Tests.Checking;

/// <summary>An engine verifies its own files while it works, when it is asked to and by itself.</summary>
public class EngineCheckTests
{
    [Fact]
    public async Task Everything_is_verified_while_appends_seals_and_checkpoints_go_on()
    {
        await using EngineHost host = await EngineHost.StartAsync(o => o with { SealRows = 200 });
        await host.Engine.CreateStreamAsync("s", Rows.Schema);
        using CancellationTokenSource stop = new();
        Task appending = Task.Run(async () =>
        {
            for (int i = 0; !stop.IsCancellationRequested; i++)
            {
                await host.Engine.AppendAsync("s", Rows.Range(i * 50L, 50));
                if (i % 20 == 19)
                    await host.Engine.CompactAsync("s");
                if (i % 7 == 6)
                    await host.Engine.CheckpointAsync();
            }
        });
        for (int i = 0; i < 10; i++)
        {
            CheckReport report = await host.Engine.CheckAsync(damage => Assert.Fail(damage.Message));
            Assert.Empty(report.Damage);
        }

        await stop.CancelAsync();
        await appending;
    }

    [Fact]
    public async Task Damage_is_found_when_asked_and_by_the_background_and_the_rest_goes_on()
    {
        await using EngineHost host = await EngineHost.StartAsync(o => o with { Compacts = false });
        await host.Engine.CreateStreamAsync("s", Rows.Schema);
        await host.Engine.AppendAsync("s", Rows.Range(0, 500));
        await host.Engine.FlushAsync("s");
        await host.Engine.AppendAsync("s", Rows.Range(500, 500));
        await host.Engine.FlushAsync("s");
        string path = Path.Combine(host.Directory, "segments", "0000000001.seg");
        byte[] bytes = await File.ReadAllBytesAsync(path);
        bytes[bytes.Length / 4] ^= 1;
        await File.WriteAllBytesAsync(path, bytes);

        List<Damage> found = [];
        CheckReport report = await host.Engine.CheckAsync(found.Add);
        Assert.Equal(path, Assert.Single(found).File);
        Assert.Equal(found, report.Damage);
        Assert.Equal(("s", 0, 500), (found[0].Stream, found[0].FirstOffset, found[0].EndOffset));
        Assert.Empty(host.Engine.Damage);

        host.Options = host.Options with { ScrubBytesPerSecond = 1 << 30, ScrubDelay = TimeSpan.Zero };
        await host.ReopenAsync();
        while (host.Engine.Statistics.LastFullCheckAt is null)
            await Task.Yield();
        Assert.Equal(path, Assert.Single(host.Engine.Damage).File);
        Assert.True(host.Engine.Statistics.CheckedByteCount > bytes.Length);
        await host.Engine.AppendAsync("s", Rows.Of(1000));
        Assert.Equal(501, host.Engine.OpenView("s").Chunks.Where(c => c.FirstOffset >= 500).Sum(c => c.Columns.Max(values => values.Length)));
    }

    [Fact]
    public async Task An_engine_closes_at_once_in_the_middle_of_a_slow_pass()
    {
        EngineHost host = await EngineHost.StartAsync(o => o with { ScrubBytesPerSecond = 1, ScrubDelay = TimeSpan.Zero });
        await host.Engine.CreateStreamAsync("s", Rows.Schema);
        while (host.Engine.Statistics.CheckedByteCount == 0)
            await Task.Yield();
        await host.DisposeAsync();
    }
}
