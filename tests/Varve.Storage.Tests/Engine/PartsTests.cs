using Varve.Arrow;

namespace Varve.Storage.Tests.Engine;

public class PartsTests
{
    [Fact]
    public async Task A_batch_larger_than_an_entry_is_stored_in_parts_and_read_as_one()
    {
        await using EngineHost host = await EngineHost.StartAsync();
        await host.Engine.CreateStreamAsync("s", Rows.Schema);
        await host.Engine.AppendAsync("s", Rows.Of(-1));
        LogPosition before = host.Engine.AppendedUpTo;
        AppendResult result = await host.Engine.AppendAsync("s", Rows.Range(0, 20_000));

        Assert.True(result.Position.Value >= before.Value + 5, "20,000 rows take more than five entries of 64 KiB");
        Assert.Equal((1, 20_000), (result.FirstOffset, result.RowCount));
        Assert.Equal(result.Position, host.Engine.VisibleUpTo);
        for (int i = 0; i < 2; i++)
        {
            StreamView view = host.Engine.OpenView("s");
            view.CheckShape();
            Assert.Equal(Enumerable.Range(-1, 20_001).Select(n => (long)n), view.Numbers());
            Assert.Single(view.Times().Skip(1).Distinct());
            await host.ReopenAsync();
        }
    }

    [Fact]
    public async Task Parts_of_large_batches_of_several_writers_do_not_mix()
    {
        await using EngineHost host = await EngineHost.StartAsync();
        await host.Engine.CreateStreamAsync("a", Rows.Schema);
        await host.Engine.CreateStreamAsync("b", Rows.Schema);
        AppendResult[] results = await Task.WhenAll(Enumerable.Range(0, 12).Select(i =>
            Task.Run(() => host.Engine.AppendAsync(i % 2 == 0 ? "a" : "b", Rows.Range(i * 10_000, i % 3 == 0 ? 10 : 5_000)))));
        await host.ReopenAsync();
        for (int i = 0; i < results.Length; i++)
        {
            long[] numbers = host.Engine.OpenView(results[i].Stream).Numbers();
            Assert.Equal(Enumerable.Range(i * 10_000, results[i].RowCount).Select(n => (long)n),
                numbers.AsSpan((int)results[i].FirstOffset, results[i].RowCount).ToArray());
        }
    }

    [Fact]
    public async Task A_row_larger_than_an_entry_is_refused_with_sizes()
    {
        await using EngineHost host = await EngineHost.StartAsync();
        Schema text = new([new Field("t", ArrowTypes.Utf8)]);
        await host.Engine.CreateStreamAsync("s", text);
        await host.Engine.AppendAsync("s", Rows.Batch(text, [new string('x', 60_000)]));
        StorageException e = await Assert.ThrowsAsync<StorageException>(
            () => host.Engine.AppendAsync("s", Rows.Batch(text, ["a"], [new string('x', 70_000)])));
        Assert.Equal(StorageErrorCode.BatchTooLarge, e.Code);
        Assert.Matches("row 1 of the batch takes 7[0-9]{4} bytes, at most 65[0-9]{3} are possible", e.Message);
        Assert.Equal(1, host.Engine.OpenView("s").EndOffset);
    }

    [Fact]
    public async Task Views_into_shared_bytes_are_split_without_carrying_them_all_in_every_part()
    {
        await using EngineHost host = await EngineHost.StartAsync();
        Schema schema = new([new Field("v", ArrowTypes.Utf8View), new Field("l", new ListType(new Field("item", ArrowTypes.BinaryView)))]);
        await host.Engine.CreateStreamAsync("s", schema);
        object?[][] rows = [.. Enumerable.Range(0, 3000)
            .Select(i => new object?[] { $"a value that is not inline {i}", new object?[] { new byte[20 + (i % 30)], null } })];
        await host.Engine.AppendAsync("s", Rows.Batch(schema, rows));
        long bytes = host.Engine.Statistics.LogBytes;
        Assert.True(bytes < 1_500_000, $"3,000 rows took {bytes} bytes of log");
        await host.ReopenAsync();
        Assert.Equal(rows.Select(r => r[0]), host.Engine.OpenView("s").Column("v"));
    }

    [Fact]
    public async Task Chunks_hold_65536_rows_and_follow_one_another()
    {
        await using EngineHost host = await EngineHost.StartAsync();
        await host.Engine.CreateStreamAsync("s", Rows.Schema);
        long next = 0;
        foreach (int count in new[] { 65_000, 1_000, 1, 65_535, 10 })
        {
            await host.Engine.AppendAsync("s", Rows.Range(next, count));
            next += count;
        }

        StreamView view = host.Engine.OpenView("s");
        view.CheckShape();
        Assert.Equal([65_536, 65_536, (int)(next - 131_072)], view.Chunks.Select(c => c.RowCount));
        Assert.Equal(Enumerable.Range(0, (int)next).Select(n => (long)n), view.Numbers());
        Assert.Equal(1, view.ChunkIndexOf(65_536));
        Assert.Equal(0, view.ChunkIndexOf(65_535));
        Assert.Equal(2, view.ChunkIndexOf(next - 1));
    }

    [Fact]
    public async Task Large_batches_take_less_room_in_the_log_than_they_weigh_and_are_read_back()
    {
        await using EngineHost host = await EngineHost.StartAsync(o => o with { LogSizes = new LogSizes { ZeroAheadBytes = 0 } });
        await host.Engine.CreateStreamAsync("s", Rows.Schema);
        await host.Engine.AppendAsync("s", Rows.Range(0, 60_000));
        Assert.True(host.Engine.Statistics.LogBytes < host.Engine.Statistics.AppendedBytes / 2, $"{host.Engine.Statistics}");
        await host.ReopenAsync();
        Assert.Equal(Enumerable.Range(0, 60_000).Select(n => (long)n), host.Engine.OpenView("s").Numbers());
    }
}
