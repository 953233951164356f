using Varve.Storage.FileSystem;
using Varve.Storage.Tests.FileSystem;

namespace Varve.Storage.Tests.Keys;

/// <summary>An older version of a key goes when nothing that it sealed is left, and not before.</summary>
public class KeyRetirementTests
{
    private readonly FaultyFileSystem _disk = new();

    [Fact]
    public async Task An_older_version_goes_once_segments_log_and_checkpoint_have_nothing_of_it()
    {
        await using EngineHost host = await StartAsync(o => o);
        await host.Engine.FlushAsync("s");
        Assert.Equal(2, await host.Engine.RotateStreamKeyAsync("s"));
        await host.Engine.CompactAsync("s");
        await MoveLogAsync(host);
        Assert.Equal([2], Versions(host, "s"));
        KeyDescription current = host.Engine.ListKeys().Single(k => k.Stream == "s");
        Assert.Equal((true, 1, true), (current.IsCurrent, current.SegmentCount, current.IsInLog));
        FaultyFileSystem after = _disk.AfterPowerCut(null);
        await using EngineHost again = await EngineHost.StartAsync(_ => SimulatedOptions.On(after));
        Assert.Equal([2], Versions(again, "s"));
        Assert.Equal(Enumerable.Range(0, 100).Select(n => (long)n), again.Engine.OpenView("s").Numbers());
    }

    [Fact]
    public async Task The_nodes_older_version_goes_once_the_log_has_moved_on()
    {
        await using EngineHost host = await StartAsync(o => o);
        await host.Engine.RotateNodeKeyAsync();
        await host.Engine.FlushAsync("s");
        Assert.Equal([1, 2], Versions(host, null));
        await MoveLogAsync(host);
        Assert.Equal([2], Versions(host, null));
        FaultyFileSystem after = _disk.AfterPowerCut(null);
        await using EngineHost again = await EngineHost.StartAsync(_ => SimulatedOptions.On(after));
        Assert.Equal(["filler", "s"], again.Engine.List().Select(s => s.Name));
    }

    [Fact]
    public async Task A_version_stays_while_a_segment_is_sealed_with_it()
    {
        await using EngineHost host = await StartAsync(o => o with { Compacts = false });
        await host.Engine.FlushAsync("s");
        await host.Engine.RotateStreamKeyAsync("s");
        await MoveLogAsync(host);
        KeyDescription older = host.Engine.ListKeys().First(k => k.Stream == "s");
        Assert.Equal((1, false, 1, false), (older.Version, older.IsCurrent, older.SegmentCount, older.IsInLog));
        await host.Engine.CompactAsync("s");
        await MoveLogAsync(host);
        Assert.Equal([2], Versions(host, "s"));
    }

    [Fact]
    public async Task A_version_stays_while_the_log_has_rows_that_it_sealed()
    {
        await using EngineHost host = await StartAsync(o => o);
        await host.Engine.RotateStreamKeyAsync("s");
        await MoveLogAsync(host);
        Assert.Equal([(1, true), (2, true)], host.Engine.ListKeys().Where(k => k.Stream == "s").Select(k => (k.Version, k.IsInLog)));
        await host.Engine.FlushAsync("s");
        await MoveLogAsync(host);
        Assert.Equal([2], Versions(host, "s"));
    }

    [Fact]
    public async Task A_version_stays_until_a_checkpoint_was_begun_after_it_ended()
    {
        await using EngineHost host = await StartAsync(o => o with { Compacts = false });
        await host.Engine.FlushAsync("s");
        await host.Engine.RotateStreamKeyAsync("s");
        await MoveLogAsync(host);

        // What the checkpoint is sealed with is not known of one that was there before.
        await host.ReopenAsync();
        await host.Engine.CompactAsync("s");
        await LookAsync(host);
        Assert.Equal(
            [(1, 0, false), (2, 1, true)], host.Engine.ListKeys().Where(k => k.Stream == "s").Select(k => (k.Version, k.SegmentCount, k.IsInLog)));
        await host.Engine.CheckpointAsync();
        await LookAsync(host);
        Assert.Equal([2], Versions(host, "s"));
    }

    [Fact]
    public async Task A_view_from_before_reads_on_when_the_version_is_gone()
    {
        await using EngineHost host = await StartAsync(o => o);
        await host.Engine.FlushAsync("s");
        StreamView view = host.Engine.OpenView("s");
        await host.Engine.RotateStreamKeyAsync("s");
        await host.Engine.CompactAsync("s");
        await MoveLogAsync(host);
        Assert.Equal([2], Versions(host, "s"));
        Assert.Equal(Enumerable.Range(0, 100).Select(n => (long)n), view.Numbers());
    }

    [Fact]
    public async Task A_keyring_that_cannot_be_written_keeps_the_version_and_the_node_goes_on()
    {
        await using EngineHost host = await StartAsync(o => o with { Compacts = false });
        await host.Engine.FlushAsync("s");
        await host.Engine.RotateStreamKeyAsync("s");
        await MoveLogAsync(host);

        // The first is that of the new segment.
        _disk.Fault = new Fault(2, Errno.InputOutput, ForEver: true, "rename");
        await host.Engine.CompactAsync("s");
        await LookAsync(host);
        Assert.True(_disk.Fault.Struck);
        _disk.Fault = null;
        Assert.Equal([1, 2], Versions(host, "s"));
        Assert.True(host.Engine.IsAccepting);
        await host.ReopenAsync();
        await MoveLogAsync(host);
        Assert.Equal([2], Versions(host, "s"));
        Assert.Equal(Enumerable.Range(0, 100).Select(n => (long)n), host.Engine.OpenView("s").Numbers());
    }

    private async Task<EngineHost> StartAsync(Func<StorageOptions, StorageOptions> change)
    {
        EngineHost host = await EngineHost.StartAsync(_ => change(SimulatedOptions.On(_disk)));
        await host.Engine.CreateStreamAsync("s", Rows.Schema);
        await host.Engine.CreateStreamAsync("filler", Rows.Schema);
        await host.Engine.AppendAsync("s", Rows.Range(0, 100));
        return host;
    }

    /// <summary>Lets the log begin behind all that is sealed in segments, and the background look at it.</summary>
    private static async Task MoveLogAsync(EngineHost host)
    {
        await FillLogAsync(host);
        await host.Engine.CheckpointAsync();

        await LookAsync(host);
    }

    /// <summary>Before the background begins to merge what it is asked to, it looks for what can go.</summary>
    private static Task LookAsync(EngineHost host) => host.Engine.CompactAsync("filler");

    private static async Task FillLogAsync(EngineHost host)
    {
        for (int i = 0; i < 8; i++)
            await host.Engine.AppendAsync("filler", Rows.Range(1000 * i, 200));
        await host.Engine.FlushAsync("filler");
        await host.Engine.AppendAsync("filler", Rows.Of(1));
        await host.Engine.FlushAsync("filler");
    }

    private static int[] Versions(EngineHost host, string? stream) =>
        [.. host.Engine.ListKeys().Where(k => k.Stream == stream).Select(k => k.Version)];
}
