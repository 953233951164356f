using System.Runtime.InteropServices;
using Varve.Arrow;
using Varve.Arrow.Builders;
using Varve.Arrow.Values;
using Varve.Protocol.V1;

namespace Varve.Client.Tests;

public sealed class VarveClientTests(ServedEngine served) : IClassFixture<ServedEngine>
{
    private static readonly Schema Readings = new([new Field("id", ArrowTypes.Int64, isNullable: false), new Field("at", ArrowTypes.Utf8)]);

    private VarveClient Client => served.Client;

    [Fact]
    public async Task An_acknowledged_row_is_in_the_next_answer()
    {
        await Client.CreateStreamAsync("seen", Readings);
        for (long i = 0; i < 20; i++)
        {
            await Client.AppendAsync("seen", Rows(i, 1));
            using SqlAnswer answer = await Client.QueryAsync("select count(*), max(id) from seen");
            RecordBatch batch = await answer.ReadAllAsync().SingleAsync();
            Assert.Equal(i + 1, ArrayReader.GetInt64(batch.Columns[0], 0));
            Assert.Equal(i, ArrayReader.GetInt64(batch.Columns[1], 0));
        }
    }

    [Fact]
    public async Task Rows_that_pass_are_those_that_are_kept_in_memory_that_serves_again()
    {
        const string sql = "select n, 'text ' || n as t from range(300000) r(n) order by n";
        using SqlAnswer kept = await Client.QueryAsync(sql);
        List<RecordBatch> batches = await kept.ReadAllAsync().ToListAsync();
        Assert.Equal(batches.Count, batches.Select(MemoryOf).Distinct().Count());
        using SqlAnswer passing = await Client.QueryAsync(sql);
        HashSet<byte[]> memory = [];
        int at = 0;
        await foreach (RecordBatch batch in passing.ReadPassingAsync())
        {
            RecordBatch expected = batches[at++];
            memory.Add(MemoryOf(batch));
            Assert.Equal(expected.RowCount, batch.RowCount);
            for (int row = 0; row < expected.RowCount; row++)
            {
                Assert.Equal(ArrayReader.GetInt64(expected.Columns[0], row), ArrayReader.GetInt64(batch.Columns[0], row));
                Assert.Equal(ArrayReader.GetString(expected.Columns[1], row), ArrayReader.GetString(batch.Columns[1], row));
            }
        }

        Assert.Equal(batches.Count, at);
        Assert.True(memory.Count < at, $"{at} batches came in {memory.Count} arrays");

        static byte[] MemoryOf(RecordBatch batch) =>
            MemoryMarshal.TryGetArray(batch.Columns[0].Buffers[1], out ArraySegment<byte> array) ? array.Array! : throw new InvalidOperationException();
    }

    [Fact]
    public async Task Reads_start_and_end_where_they_are_told()
    {
        await Client.CreateStreamAsync("ranges", Readings);
        await Client.AppendAsync("ranges", Rows(0, 100));

        Assert.Equal(Enumerable.Range(10, 5).Select(i => (long)i), await IdsAsync(new ReadOptions { FromOffset = 10, ToOffset = 15 }));
        Assert.Equal([97L, 98L, 99L], await IdsAsync(new ReadOptions { LastRows = 3 }));
        Assert.Equal([50L, 51L], await IdsAsync(new ReadOptions { FromOffset = 50, MaxRows = 2 }));
        VarveException e = await Assert.ThrowsAsync<VarveException>(() => IdsAsync(new ReadOptions { FromOffset = 101 }));
        Assert.Equal(ErrorCode.OffsetOutOfRange, e.Code);

        async Task<List<long>> IdsAsync(ReadOptions options)
        {
            var ids = new List<long>();
            await foreach (StreamRows rows in Client.ReadAsync("ranges", options with { Columns = ["id"] }))
                ids.AddRange(Enumerable.Range(0, rows.Rows.RowCount).Select(i => ArrayReader.GetInt64(rows.Rows.Columns[0], i)));
            return ids;
        }
    }

    [Fact]
    public async Task A_follower_gets_rows_as_they_come_and_ends_when_its_caller_does()
    {
        await Client.CreateStreamAsync("followed", Readings);
        using var stop = new CancellationTokenSource();
        var ids = new List<long>();
        var reading = Task.Run(async () =>
        {
            await foreach (StreamRows rows in Client.ReadAsync("followed", new ReadOptions { Follow = true }, stop.Token))
            {
                Assert.Equal(ids.Count, rows.FirstOffset);
                ids.AddRange(Enumerable.Range(0, rows.Rows.RowCount).Select(i => ArrayReader.GetInt64(rows.Rows.Columns[0], i)));
                if (ids.Count == 30)
                    await stop.CancelAsync();
            }
        });
        for (int i = 0; i < 3; i++)
            await Client.AppendAsync("followed", Rows(i * 10, 10));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.WaitAsync(TimeSpan.FromMinutes(1)));
        Assert.Equal(Enumerable.Range(0, 30).Select(i => (long)i), ids);
    }

    [Fact]
    public async Task Columns_are_added_and_streams_dropped()
    {
        await Client.CreateStreamAsync("changing", Readings);
        await Client.AddColumnsAsync("changing", [new Field("note", ArrowTypes.Utf8)]);
        Assert.Equal(["id", "at", "note"], (await Client.DescribeStreamAsync("changing")).Schema.Columns_.Select(c => c.Name));
        Assert.Contains(await Client.ListStreamsAsync("chang"), s => s.Name == "changing");
        Assert.True(await Client.DropStreamAsync("changing"));
        Assert.False(await Client.DropStreamAsync("changing", ifExists: true));
        Assert.Equal(ErrorCode.StreamNotFound, (await Assert.ThrowsAsync<VarveException>(() => Client.DescribeStreamAsync("changing"))).Code);
    }

    [Fact]
    public async Task Errors_of_sql_keep_their_text()
    {
        VarveException e = await Assert.ThrowsAsync<VarveException>(() => Client.QueryAsync("select nothing from nowhere"));

        Assert.Contains("nowhere", e.Message, StringComparison.Ordinal);
        Assert.False(e.IsUnavailable);
    }

    [Fact]
    public async Task A_daemon_that_is_not_there_is_unavailable()
    {
        using var nobody = new VarveClient(new VarveClientOptions { Endpoint = "127.0.0.1:1" });

        Assert.True((await Assert.ThrowsAsync<VarveException>(() => nobody.GetStatusAsync())).IsUnavailable);
    }

    private static RecordBatch Rows(long first, int count)
    {
        var builder = new RecordBatchBuilder(Readings);
        for (int i = 0; i < count; i++)
            builder.AppendRow(first + i, $"at {first + i}");
        return builder.Build();
    }
}
