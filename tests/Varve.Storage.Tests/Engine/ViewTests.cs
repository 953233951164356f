using Varve.Arrow;
using Varve.Arrow.Values;

namespace Varve.Storage.Tests.Engine;

public class ViewTests
{
    [Fact]
    public async Task A_view_does_not_change_while_rows_and_columns_are_added()
    {
        await using EngineHost host = await EngineHost.StartAsync();
        await host.Engine.CreateStreamAsync("s", Rows.Schema);
        List<(StreamView View, int Count)> views = [];
        int next = 0;
        for (int i = 0; i < 60; i++)
        {
            views.Add((host.Engine.OpenView("s"), next));
            int count = 1 + (i * 37 % 400);
            await host.Engine.AppendAsync("s", Rows.Range(next, count));
            next += count;
            if (i % 20 == 10)
                await host.Engine.AddColumnsAsync("s", [new Field("c" + i, ArrowTypes.Int32)]);
        }

        await host.Engine.DropStreamAsync("s");
        foreach ((StreamView view, int count) in views)
        {
            view.CheckShape();
            Assert.Equal(count, view.EndOffset);
            Assert.Equal(Enumerable.Range(0, count).Select(n => (long)n), view.Numbers());
            Assert.Equal(Enumerable.Range(0, count).Select(n => n % 5 == 0 ? null : "text " + n), view.Column("text"));
        }
    }

    [Fact]
    public async Task Views_of_a_stream_that_has_not_changed_share_their_chunks()
    {
        await using EngineHost host = await EngineHost.StartAsync();
        await host.Engine.CreateStreamAsync("s", Rows.Schema);
        await host.Engine.CreateStreamAsync("other", Rows.Schema);
        await host.Engine.AppendAsync("s", Rows.Range(0, 100_000));
        StreamView first = host.Engine.OpenView("s");
        AppendResult other = await host.Engine.AppendAsync("other", Rows.Of(1));
        StreamView second = host.Engine.OpenView("s");
        await host.Engine.AppendAsync("s", Rows.Of(1));
        StreamView third = host.Engine.OpenView("s");

        Assert.Same(first.Chunks, second.Chunks);
        Assert.Equal(other.Position, second.Position);
        Assert.NotSame(first.Chunks, third.Chunks);
        Assert.Same(first.Chunks[0], third.Chunks[0]);
        Assert.Equal(2, third.Chunks.Count);
        Assert.Throws<ArgumentOutOfRangeException>(() => third.ChunkIndexOf(third.EndOffset));
    }

    [Fact]
    public async Task A_wide_column_added_late_is_null_without_taking_memory_for_every_row()
    {
        await using EngineHost host = await EngineHost.StartAsync();
        Schema small = new([new Field("n", ArrowTypes.Int8)]);
        await host.Engine.CreateStreamAsync("s", small);
        await host.Engine.AppendAsync("s", new RecordBatch(small, 70_000, [new ArrayData(ArrowTypes.Int8, 70_000, 0, [default, new byte[70_000]])]));
        await host.Engine.AddColumnsAsync("s", [new Field("wide", new FixedSizeBinaryType(60_000))]);
        await host.Engine
            .AppendAsync("s", Rows.Batch(new Schema([new Field("wide", new FixedSizeBinaryType(60_000))]), new object?[] { new byte[60_000] }));

        StreamView view = host.Engine.OpenView("s");
        view.CheckShape();
        Assert.True(view.Stream.TailBytes < 16 << 20, $"{view.Stream.TailBytes} bytes");
        Assert.True(view.Chunks[0].Columns[1].IsNull(0));
        ViewChunk last = view.Chunks[view.ChunkIndexOf(70_000)];
        Assert.Equal(60_000, ArrayReader.GetBytes(last.Columns[1], (int)(70_000 - last.FirstOffset)).Length);
        Assert.True(last.Columns[0].IsNull(last.RowCount - 1));
    }

    [Fact]
    public async Task Nested_columns_are_kept_and_read_back()
    {
        await using EngineHost host = await EngineHost.StartAsync();
        Schema schema = new([
            new Field("list", new ListType(new Field("item", ArrowTypes.Utf8))),
            new Field("pair", new StructType(
                [new Field("a", ArrowTypes.Int32), new Field("b", new FixedSizeListType(new Field("item", ArrowTypes.Float32), 2))]))]);
        object?[] row = [new object?[] { "x", null, "yy" }, new object?[] { 5, new object?[] { 1f, 2f } }];
        await host.Engine.CreateStreamAsync("s", schema);
        await host.Engine.AppendAsync("s", Rows.Batch(schema, row, [null, null], row));
        RecordBatch batch = Rows.Batch(schema, row, [null, null], row);
        await host.ReopenAsync();
        ViewChunk chunk = host.Engine.OpenView("s").Chunks[0];
        Assert.All(Enumerable.Range(0, 2), i => Assert.True(ArrayEquality.Equals(batch.Columns[i], chunk.Columns[i])));
    }

    [Fact]
    public async Task Wide_streams_with_sparse_rows_cost_what_the_rows_hold()
    {
        await using EngineHost host = await EngineHost.StartAsync(o => o with { LogSizes = new LogSizes { ZeroAheadBytes = 0 } });
        Schema wide = new([.. Enumerable.Range(0, 4_096).Select(i => new Field("c" + i, ArrowTypes.Float64))]);
        await host.Engine.CreateStreamAsync("s", wide);
        for (int i = 0; i < 50; i++)
            await host.Engine.AppendAsync("s", Rows.Batch(new Schema([wide.Fields[i * 7], wide.Fields[4_000]]), [1.0 + i, 2.0]));
        for (int pass = 0; pass < 2; pass++)
        {
            StreamView view = host.Engine.OpenView("s");
            Assert.Equal(Enumerable.Range(0, 50).Select(i => i == 3 ? 4.0 : (object?)null), view.Column("c21"));
            Assert.All(view.Column("c4000"), v => Assert.Equal(2.0, v));
            Assert.True(host.Engine.Statistics.TailBytes < 1 << 20, $"{host.Engine.Statistics.TailBytes} bytes");
            await host.ReopenAsync();
        }
    }
}
