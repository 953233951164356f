using Varve.Arrow;

namespace Varve.Storage.Tests.Engine;

public class AppendTests
{
    [Fact]
    public async Task An_acknowledged_append_is_visible_and_numbered()
    {
        await using EngineHost host = await EngineHost.StartAsync();
        StreamDescription created = await host.Engine.CreateStreamAsync("s", Rows.Schema);

        AppendResult first = await host.Engine.AppendAsync("s", Rows.Of(1, 2, 3));
        AppendResult second = await host.Engine.AppendAsync("s", Rows.Of(4));

        Assert.Equal(new AppendResult("s", 0, 3, created.Position.Next, Durability.LocalDisk), first);
        Assert.Equal(new AppendResult("s", 3, 1, first.Position.Next, Durability.LocalDisk), second);
        StreamView view = host.Engine.OpenView("s");
        view.CheckShape();
        Assert.Equal([1, 2, 3, 4], view.Numbers());
        Assert.Equal(second.Position, view.Position);
        Assert.Equal(second.Position, host.Engine.VisibleUpTo);
    }

    [Fact]
    public async Task Acknowledged_rows_are_there_after_reopening()
    {
        await using EngineHost host = await EngineHost.StartAsync();
        await host.Engine.CreateStreamAsync("s", Rows.Schema);
        await host.Engine.AppendAsync("s", Rows.Range(0, 1000));
        AppendResult last = await host.Engine.AppendAsync("s", Rows.Of(1000));
        StreamView before = host.Engine.OpenView("s");

        await host.ReopenAsync();

        StreamView after = host.Engine.OpenView("s");
        after.CheckShape();
        Assert.Equal(before.Numbers(), after.Numbers());
        Assert.Equal(before.Column("text"), after.Column("text"));
        Assert.Equal(before.Times(), after.Times());
        Assert.Equal(before.Stream with { TailBytes = 0 }, after.Stream with { Schema = before.Stream.Schema, TailBytes = 0 });
        Assert.Equal(before.Stream.Schema, after.Stream.Schema);
        Assert.Equal(last.Position, host.Engine.VisibleUpTo);
        Assert.Equal(1001, (await host.Engine.AppendAsync("s", Rows.Of(1001))).FirstOffset);
    }

    [Fact]
    public async Task Columns_are_matched_by_name_in_any_order_and_missing_ones_are_null()
    {
        await using EngineHost host = await EngineHost.StartAsync();
        await host.Engine.CreateStreamAsync("s", Rows.Schema);
        Schema swapped = new([Rows.Schema.Fields[1], Rows.Schema.Fields[0]]);

        await host.Engine.AppendAsync("s", Rows.Batch(swapped, ["a", 1L]));
        await host.Engine.AppendAsync("s", Rows.Batch(new Schema([Rows.Schema.Fields[0]]), [2L]));
        await host.Engine.AppendAsync("s", Rows.Of(3));

        Assert.Equal(["a", null, "text 3"], host.Engine.OpenView("s").Column("text"));
        Assert.Equal([1, 2, 3], host.Engine.OpenView("s").Numbers());
        await host.ReopenAsync();
        Assert.Equal(["a", null, "text 3"], host.Engine.OpenView("s").Column("text"));
    }
}
