using System.Buffers.Binary;
using Varve.Arrow;

namespace Varve.Storage.Tests.Engine;

/// <summary>Batches of a few kilobytes that stand for gigabytes: refused by their size, at a cost that their bytes bound.</summary>
public class HostileBatchTests
{
    private const int BatchBytesMax = 1 << 20;

    /// <summary>What refusing a batch may allocate.</summary>
    private const long RefusalBytesMax = 16 << 20;

    [Fact]
    public async Task Views_that_all_show_the_same_bytes_are_weighed_before_they_are_gathered()
    {
        const int rows = 20_000;
        byte[] shown = new byte[100_000];
        byte[] views = new byte[rows * 16];
        for (int row = 0; row < rows; row++)
            BinaryPrimitives.WriteInt32LittleEndian(views.AsSpan(row * 16), shown.Length);
        Schema schema = new([new Field("v", ArrowTypes.BinaryView)]);
        await RefusedAsync(schema, new RecordBatch(schema, rows, [new ArrayData(ArrowTypes.BinaryView, rows, 0, [default, views, shown])]));
    }

    [Fact]
    public async Task Dictionaries_that_refer_to_dictionaries_are_weighed_without_being_walked_along_every_path()
    {
        // 8 codes on each of 15 levels: 120 bytes that stand for 8^15 values.
        ArrayData values = new(ArrowTypes.Utf8, 1, 0, [default, new byte[] { 0, 0, 0, 0, 1, 0, 0, 0 }, "x"u8.ToArray()]);
        for (int level = 0; level < 14; level++)
        {
            ArrayData codes = Coded(values, 8);
            byte[] offsets = [0, 0, 0, 0, 8, 0, 0, 0];
            values = new ArrayData(new ListType(new Field("item", codes.Type)), 1, 0, [default, offsets], [codes]);
        }

        ArrayData column = Coded(values, 8);
        Schema schema = new([new Field("d", column.Type)]);
        await RefusedAsync(schema, new RecordBatch(schema, column.Length, [column]));
    }

    [Fact]
    public async Task A_dictionary_of_a_long_list_is_weighed_as_often_as_it_is_referred_to()
    {
        ArrayData list = new(new ListType(new Field("item", ArrowTypes.Int64)), 1, 0, [default, new byte[] { 0, 0, 0, 0, 0, 4, 0, 0 }],
            [new ArrayData(ArrowTypes.Int64, 1024, 0, [default, new byte[8 * 1024]])]);
        ArrayData column = Coded(list, 1_000);
        Schema schema = new([new Field("d", column.Type)]);
        await RefusedAsync(schema, new RecordBatch(schema, column.Length, [column]));
    }

    [Fact]
    public async Task Rows_without_values_in_a_wide_stream_do_not_make_views_of_many_arrays()
    {
        await using EngineHost host = await EngineHost.StartAsync(o => o with { LogSizes = new LogSizes { ZeroAheadBytes = 0 } });
        Field wide = new("wide", new FixedSizeBinaryType(65_536));
        List<Field> fields = [wide, .. Enumerable.Range(0, 2_000).Select(i => new Field("c" + i, ArrowTypes.Int8))];
        await host.Engine.CreateStreamAsync("s", new Schema(fields));
        await host.Engine.AppendAsync("s", new RecordBatch(new Schema([]), 500_000, []));
        host.Engine.OpenView("s");
        await host.Engine.AppendAsync("s", new RecordBatch(new Schema([]), 1, []));
        long before = GC.GetAllocatedBytesForCurrentThread();
        StreamView view = host.Engine.OpenView("s");
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated < 100 << 20, $"{allocated} bytes for a view of 500,000 empty rows");
        ViewChunk last = view.Chunks[^1];
        Assert.Equal(fields.Count, last.Columns.Count);
        Assert.True(last.Columns[0].IsNull(0) && last.Columns[2_000].IsNull(last.RowCount - 1));
    }

    [Fact]
    public async Task Streams_without_rows_count_against_the_memory_and_give_it_back()
    {
        await using EngineHost host = await EngineHost.StartAsync(
            o => o with { TailMemoryLimitBytes = 8 << 20, LogSizes = new LogSizes { ZeroAheadBytes = 0 } });
        Schema wide = new([.. Enumerable.Range(0, 1_000).Select(i => new Field("c" + i, ArrowTypes.Int64))]);
        int created = 0;
        StorageException e = await Assert.ThrowsAsync<StorageException>(async () =>
        {
            for (; created < 100; created++)
                await host.Engine.CreateStreamAsync("s" + created, wide);
        });
        Assert.Equal(StorageErrorCode.MemoryLimit, e.Code);
        Assert.StartsWith($"cannot create stream 's{created}': ", e.Message, StringComparison.Ordinal);
        Assert.InRange(created, 2, 16);
        Assert.True(host.Engine.IsAccepting);

        Field[] more = [.. wide.Fields.Select(f => new Field("new" + f.Name, f.Type))];
        e = await Assert.ThrowsAsync<StorageException>(() => host.Engine.AddColumnsAsync("s0", more));
        Assert.Equal(StorageErrorCode.MemoryLimit, e.Code);
        Assert.Equal(wide, host.Engine.Describe("s0").Schema);

        long used = host.Engine.Statistics.CatalogBytes;
        await host.ReopenAsync();
        Assert.Equal(used, host.Engine.Statistics.CatalogBytes);
        await host.Engine.DropStreamAsync("s0");
        await host.Engine.CreateStreamAsync("again", wide);
        Assert.Equal(used, host.Engine.Statistics.CatalogBytes);
    }

    private static ArrayData Coded(ArrayData values, int count) =>
        new(new DictionaryType(ArrowTypes.Int8, values.Type, false), count, 0, [default, new byte[count]], dictionary: values);

    private static async Task RefusedAsync(Schema schema, RecordBatch batch)
    {
        await using EngineHost host = await EngineHost.StartAsync(o => o with { MaxBatchBytes = BatchBytesMax });
        await host.Engine.CreateStreamAsync("s", schema);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Task<AppendResult> append = host.Engine.AppendAsync("s", batch);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        StorageException e = await Assert.ThrowsAsync<StorageException>(() => append);
        Assert.Equal(StorageErrorCode.BatchTooLarge, e.Code);
        Assert.True(allocated < RefusalBytesMax, $"{allocated} bytes to refuse a batch");
        Assert.Equal(0, host.Engine.Statistics.TailBytes);
    }
}
