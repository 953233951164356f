using Varve.Arrow;

namespace Varve.Storage.Tests.Engine;

public class StreamSettingsTests
{
    private static readonly StreamSettings Some =
        new() { ClusterBy = ["text", "n"], RetainFor = TimeSpan.FromDays(30), RetainRows = 5, RetainBytes = 1 << 20 };

    [Fact]
    public async Task Settings_come_with_a_stream_are_changed_and_outlive_a_restart()
    {
        await using EngineHost host = await EngineHost.StartAsync();
        Assert.Equal(Some, (await host.Engine.CreateStreamAsync("a", Rows.Schema, Some)).Settings);
        Assert.Equal(StreamSettings.Default, (await host.Engine.CreateStreamAsync("b", Rows.Schema)).Settings);
        Assert.Equal(Some with { RetainRows = 6 }, (await host.Engine.SetStreamSettingsAsync("b", Some with { RetainRows = 6 })).Settings);
        await host.ReopenAsync();
        Assert.Equal(Some, host.Engine.Describe("a").Settings);
        Assert.Equal(Some with { RetainRows = 6 }, host.Engine.Describe("b").Settings);
        Assert.Equal(StreamSettings.Default, (await host.Engine.SetStreamSettingsAsync("a", StreamSettings.Default)).Settings);
        await host.ReopenAsync();
        Assert.Equal(StreamSettings.Default, host.Engine.Describe("a").Settings);
    }

    [Fact]
    public async Task A_column_to_cluster_by_is_the_same_after_columns_were_added()
    {
        await using EngineHost host = await EngineHost.StartAsync();
        await host.Engine.CreateStreamAsync("s", Rows.Schema);
        await host.Engine.AddColumnsAsync("s", [new Field("x", ArrowTypes.Date32)]);
        await host.Engine.SetStreamSettingsAsync("s", new StreamSettings { ClusterBy = ["x"] });
        await host.Engine.AddColumnsAsync("s", [new Field("y", ArrowTypes.Date32)]);
        Assert.Equal(["x"], host.Engine.Describe("s").Settings.ClusterBy);
        await host.ReopenAsync();
        Assert.Equal(["x"], host.Engine.Describe("s").Settings.ClusterBy);
    }

    [Fact]
    public async Task Settings_that_break_a_rule_are_refused_and_change_nothing()
    {
        await using EngineHost host = await EngineHost.StartAsync();
        Schema schema = new([.. Rows.Schema.Fields, new Field("list", new ListType(new Field("item", ArrowTypes.Int32)))]);
        await host.Engine.CreateStreamAsync("s", schema, Some);
        await RefusedAsync("column 'N', which it does not have", Some with { ClusterBy = ["N"] });
        await RefusedAsync("column 'n' twice", Some with { ClusterBy = ["n", "n"] });
        await RefusedAsync("column 'list': values of list", Some with { ClusterBy = ["list"] });
        await RefusedAsync("9 columns", Some with { ClusterBy = [.. Enumerable.Repeat("n", 9)] });
        await RefusedAsync("at least a second", Some with { RetainFor = TimeSpan.FromMilliseconds(999) });
        await RefusedAsync("0 rows are to be kept", Some with { RetainRows = 0 });
        await RefusedAsync("-1 bytes are to be kept", Some with { RetainBytes = -1 });
        Assert.Equal(Some, host.Engine.Describe("s").Settings);
        Assert.Equal(
            StorageErrorCode.InvalidSettings,
            (await Assert.ThrowsAsync<StorageException>(() => host.Engine.CreateStreamAsync("t", schema, Some with { ClusterBy = ["?"] }))).Code);
        Assert.False(host.Engine.TryDescribe("t", out _));

        async Task RefusedAsync(string part, StreamSettings settings)
        {
            StorageException refused = await Assert.ThrowsAsync<StorageException>(() => host.Engine.SetStreamSettingsAsync("s", settings));
            Assert.Equal(StorageErrorCode.InvalidSettings, refused.Code);
            Assert.Contains("the settings of stream 's' cannot be", refused.Message, StringComparison.Ordinal);
            Assert.Contains(part, refused.Message, StringComparison.Ordinal);
        }
    }
}
