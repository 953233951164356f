using Varve.Arrow;

namespace Varve.Storage.Tests.Engine;

public class StreamLifecycleTests
{
    [Fact]
    public async Task A_created_stream_is_described_and_listed()
    {
        await using EngineHost host = await EngineHost.StartAsync();
        long before = host.Engine.CatalogVersion;
        StreamDescription b = await host.Engine.CreateStreamAsync("b", Rows.Schema);
        StreamDescription a = await host.Engine.CreateStreamAsync("a/x", Rows.Schema);

        Assert.Equal(before + 2, host.Engine.CatalogVersion);
        Assert.Equal(["a/x", "b"], host.Engine.List().Select(s => s.Name));
        Assert.Equal(b, host.Engine.Describe("b"));
        Assert.True(host.Engine.TryDescribe("a/x", out StreamDescription? found));
        Assert.Equal(a, found);
        Assert.False(host.Engine.TryDescribe("A/X", out _));
        Assert.Equal(1, a.SchemaVersion);
        Assert.Equal(0, a.RowCount);
        Assert.Equal(b.Id + 1, a.Id);
    }

    [Fact]
    public async Task Names_that_differ_only_in_case_clash()
    {
        await using EngineHost host = await EngineHost.StartAsync();
        await host.Engine.CreateStreamAsync("Orders", Rows.Schema);
        StorageException same = await Assert.ThrowsAsync<StorageException>(() => host.Engine.CreateStreamAsync("Orders", Rows.Schema));
        StorageException folded = await Assert.ThrowsAsync<StorageException>(() => host.Engine.CreateStreamAsync("orders", Rows.Schema));
        Assert.Equal(StorageErrorCode.StreamAlreadyExists, same.Code);
        Assert.Equal(StorageErrorCode.StreamAlreadyExists, folded.Code);
        Assert.Contains("'Orders'", folded.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_of_many_that_create_the_same_stream_at_once_wins()
    {
        await using EngineHost host = await EngineHost.StartAsync();
        Task<StreamDescription>[] all = [.. Enumerable.Range(0, 20).Select(_ => Task.Run(() => host.Engine.CreateStreamAsync("s", Rows.Schema)))];
        await Task.WhenAll(all).ContinueWith(_ => { }, TaskScheduler.Default);
        _ = Assert.Single(all, t => t.IsCompletedSuccessfully);
        Assert.All(all.Where(t => t.IsFaulted), t =>
            Assert.Equal(StorageErrorCode.StreamAlreadyExists, Assert.IsType<StorageException>(t.Exception!.InnerException).Code));
    }

    [Fact]
    public async Task Added_columns_are_null_in_rows_that_were_there()
    {
        await using EngineHost host = await EngineHost.StartAsync();
        await host.Engine.CreateStreamAsync("s", Rows.Schema);
        await host.Engine.AppendAsync("s", Rows.Of(1));
        StreamView old = host.Engine.OpenView("s");
        StreamDescription changed = await host.Engine.AddColumnsAsync("s", [new Field("x", ArrowTypes.Float64), new Field("y", ArrowTypes.Utf8View)]);
        await host.Engine.AppendAsync("s", Rows.Batch(changed.Schema, [2L, "t", 0.5, "a text longer than a view holds"]));
        await host.Engine.AppendAsync("s", Rows.Of(3));

        Assert.Equal(2, changed.SchemaVersion);
        Assert.Equal(2, old.Stream.Schema.Fields.Count);
        for (int i = 0; i < 2; i++)
        {
            StreamView view = host.Engine.OpenView("s");
            view.CheckShape();
            Assert.Equal([null, 0.5, null], view.Column("x"));
            Assert.Equal([null, "a text longer than a view holds", null], view.Column("y"));
            Assert.Equal(2, view.Stream.SchemaVersion);
            await host.ReopenAsync();
        }
    }

    [Fact]
    public async Task Columns_that_exist_or_allow_no_nulls_are_not_added()
    {
        await using EngineHost host = await EngineHost.StartAsync();
        await host.Engine.CreateStreamAsync("s", Rows.Schema);
        await RefusesAsync(StorageErrorCode.InvalidSchema, new Field("TEXT", ArrowTypes.Utf8));
        await RefusesAsync(StorageErrorCode.InvalidSchema, new Field("x", ArrowTypes.Utf8, isNullable: false));
        await RefusesAsync(StorageErrorCode.InvalidName, new Field("_x", ArrowTypes.Utf8));
        await RefusesAsync(StorageErrorCode.InvalidSchema);
        Assert.Equal(1, host.Engine.Describe("s").SchemaVersion);

        async Task RefusesAsync(StorageErrorCode code, params Field[] fields) =>
            Assert.Equal(code, (await Assert.ThrowsAsync<StorageException>(() => host.Engine.AddColumnsAsync("s", fields))).Code);
    }

    [Fact]
    public async Task A_dropped_stream_is_gone_its_views_stay_and_its_name_is_free()
    {
        await using EngineHost host = await EngineHost.StartAsync();
        StreamDescription first = await host.Engine.CreateStreamAsync("s", Rows.Schema);
        await host.Engine.AppendAsync("s", Rows.Of(1, 2));
        StreamView view = host.Engine.OpenView("s");
        StreamDescription dropped = await host.Engine.DropStreamAsync("s");

        Assert.Equal(2, dropped.RowCount);
        Assert.Equal(StorageErrorCode.StreamNotFound, Assert.Throws<StorageException>(() => host.Engine.OpenView("s")).Code);
        Assert.Equal(StorageErrorCode.StreamNotFound, (await Assert.ThrowsAsync<StorageException>(() => host.Engine.DropStreamAsync("s"))).Code);
        Assert.Equal([1, 2], view.Numbers());
        Assert.Equal(0, host.Engine.Statistics.TailBytes);

        StreamDescription second = await host.Engine.CreateStreamAsync("S", Rows.Schema);
        await host.Engine.AppendAsync("S", Rows.Of(7));
        Assert.NotEqual(first.Id, second.Id);
        await host.ReopenAsync();
        Assert.Equal(["S"], host.Engine.List().Select(s => s.Name));
        Assert.Equal([7], host.Engine.OpenView("S").Numbers());
        Assert.Equal(3, (await host.Engine.CreateStreamAsync("t", Rows.Schema)).Id);
    }

    [Fact]
    public async Task Appends_in_flight_to_a_stream_that_is_dropped_are_in_it_or_not_found()
    {
        await using EngineHost host = await EngineHost.StartAsync();
        for (int round = 0; round < 20; round++)
        {
            await host.Engine.CreateStreamAsync("s", Rows.Schema);
            Task<AppendResult>[] appends = [.. Enumerable.Range(0, 8).Select(i => Task.Run(() => host.Engine.AppendAsync("s", Rows.Of(i))))];
            StreamDescription dropped = await host.Engine.DropStreamAsync("s");
            await Task.WhenAll(appends).ContinueWith(_ => { }, TaskScheduler.Default);
            Assert.Equal(dropped.RowCount, appends.Count(t => t.IsCompletedSuccessfully));
            Assert.All(appends.Where(t => t.IsFaulted), t =>
                Assert.Equal(StorageErrorCode.StreamNotFound, Assert.IsType<StorageException>(t.Exception!.InnerException).Code));
        }
    }

    [Fact]
    public async Task The_catalog_is_the_same_after_reopening()
    {
        await using EngineHost host = await EngineHost.StartAsync();
        Schema withMetadata = new(
            [new Field("n", ArrowTypes.Int64, false, new Dictionary<string, string> { ["unit"] = "m" })],
            new Dictionary<string, string> { ["k"] = "v" });
        await host.Engine.CreateStreamAsync("s", withMetadata);
        await host.Engine.AddColumnsAsync("s", [new Field("d", new DecimalType(38, 4, 128))]);
        await host.Engine.CreateStreamAsync("gone", Rows.Schema);
        await host.Engine.DropStreamAsync("gone");
        StreamDescription before = host.Engine.Describe("s");
        long version = host.Engine.CatalogVersion;
        Guid node = host.Engine.NodeId;

        await host.ReopenAsync();

        StreamDescription after = host.Engine.Describe("s");
        Assert.Equal(version, host.Engine.CatalogVersion);
        Assert.Equal(node, host.Engine.NodeId);
        Assert.Equal(before.Schema, after.Schema);
        Assert.Equal("v", after.Schema.Metadata["k"]);
        Assert.Equal("m", after.Schema.Fields[0].Metadata["unit"]);
        Assert.Equal(before with { Schema = after.Schema }, after);
    }
}
