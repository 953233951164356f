using Varve.Backup.Drill;
using Varve.Storage;
using Varve.Storage.Tests;

namespace Varve.Backup.Tests.Drill;

/// <summary>What a drill finds where a restored stream is not what it was.</summary>
public sealed class StreamCompareTests
{
    /// <summary>The planted bug: a node whose rows are not those that were backed up.</summary>
    [Fact]
    public async Task A_row_that_differs_and_rows_that_are_missing_are_found()
    {
        await using EngineHost restored = await EngineHost.StartAsync();
        await using EngineHost node = await EngineHost.StartAsync(o => o with { Time = new StoppedTime() });
        await using EngineHost twin = await EngineHost.StartAsync(o => o with { Time = new StoppedTime() });
        await using EngineHost other = await EngineHost.StartAsync(o => o with { Time = new StoppedTime() });
        await DrillTests.FillAsync(node.Engine, "s", 2_000);
        await DrillTests.FillAsync(twin.Engine, "s", 2_000);
        await DrillTests.FillAsync(other.Engine, "s", 1_000);
        await other.Engine.AppendAsync("s", Rows.Of([-7, .. Enumerable.Range(1_001, 999).Select(i => (long)i)]));
        Assert.Null((await CompareAsync(twin.Engine, node.Engine)).Problem);
        Assert.Contains("are not the node's own", (await CompareAsync(other.Engine, node.Engine)).Problem, StringComparison.Ordinal);

        await DrillTests.FillAsync(restored.Engine, "s", 2_001);
        Assert.Contains("up to 2000 only", (await CompareAsync(restored.Engine, node.Engine, 2_001)).Problem, StringComparison.Ordinal);
        Assert.Contains("0 to 2000 are in the catalog", (await CompareAsync(restored.Engine, null)).Problem, StringComparison.Ordinal);

        static Task<DrilledStream> CompareAsync(StorageEngine restored, StorageEngine? node, long rows = 2_000) =>
            new StreamCompare(restored, node, TimeProvider.System).RunAsync("s", new OffsetRange(0, rows), default);
    }

    private sealed class StoppedTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddYears(56);
    }
}
