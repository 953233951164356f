using Varve.Arrow;
using Varve.Arrow.Builders;
using Varve.Arrow.Values;
using Varve.Protocol.V1;

namespace Varve.Client.Tests;

public sealed class StreamAppenderTests(ServedEngine served) : IClassFixture<ServedEngine>
{
    private static readonly Schema Numbers = new([new Field("n", ArrowTypes.Int64, isNullable: false)]);

    private VarveClient Client => served.Client;

    [Fact]
    public async Task Batches_sent_without_waiting_are_acknowledged_in_order_without_a_gap()
    {
        await Client.CreateStreamAsync("ordered", Numbers);
        var acks = new List<Task<AppendAck>>();
        await using StreamAppender appender = Client.OpenAppender("ordered");
        for (int i = 0; i < 500; i++)
            acks.Add(await appender.AppendAsync(Rows(i, 1 + (i % 3))));
        await appender.CompleteAsync();

        long next = 0;
        foreach (Task<AppendAck> ack in acks)
        {
            AppendAck told = await ack;
            Assert.Equal(next, told.FirstOffset);
            Assert.Equal(Durability.LocalDisk, told.Durability);
            next += told.RowCount;
        }

        Assert.Equal(next, (await Client.DescribeStreamAsync("ordered")).EndOffset);
    }

    [Fact]
    public async Task A_refused_batch_fails_with_its_number_and_so_does_everything_after_it()
    {
        await Client.CreateStreamAsync("strict", Numbers);
        await using StreamAppender appender = Client.OpenAppender("strict");
        Task<AppendAck> good = await appender.AppendAsync(Rows(1, 1));
        Task<AppendAck> bad = await appender.AppendAsync(
            new RecordBatchBuilder(new Schema([new Field("m", ArrowTypes.Int64)])).AppendRow(1L).Build());

        Assert.Equal(0, (await good).FirstOffset);
        VarveException e = await Assert.ThrowsAsync<VarveException>(() => bad);
        Assert.Equal(ErrorCode.SchemaMismatch, e.Code);
        Assert.Equal(1, e.FailedRequest);
        Assert.Equal("strict", e.Stream);
        await Assert.ThrowsAsync<VarveException>(async () => await await appender.AppendAsync(Rows(2, 1)));
        await Assert.ThrowsAsync<VarveException>(appender.CompleteAsync);
        Assert.Equal(1, (await Client.DescribeStreamAsync("strict")).RowCount);
    }

    [Fact]
    public async Task A_bound_on_what_is_under_way_holds_the_writer_and_loses_nothing()
    {
        await Client.CreateStreamAsync("bounded", Numbers);
        await using StreamAppender appender = Client.OpenAppender("bounded", maxUnacknowledgedBytes: 1);
        for (int i = 0; i < 50; i++)
            await appender.AppendAsync(Rows(i, 10));
        await appender.CompleteAsync();

        Assert.Equal(500, (await Client.DescribeStreamAsync("bounded")).RowCount);
    }

    [Fact]
    public async Task Dictionary_columns_arrive_as_their_values()
    {
        var schema = new Schema([new Field("host", new DictionaryType(ArrowTypes.Int32, ArrowTypes.Utf8, IsOrdered: false))]);
        await Client.CreateStreamAsync("hosts", new Schema([new Field("host", ArrowTypes.Utf8)]));
        await using (StreamAppender appender = Client.OpenAppender("hosts"))
        {
            await appender.AppendAsync(new RecordBatchBuilder(schema).AppendRow("a").AppendRow("b").AppendRow("a").Build());
            await appender.AppendAsync(new RecordBatchBuilder(schema).AppendRow("c").AppendRow("b").Build());
            await appender.CompleteAsync();
        }

        var hosts = new List<string>();
        await foreach (StreamRows rows in Client.ReadAsync("hosts"))
            hosts.AddRange(Enumerable.Range(0, rows.Rows.RowCount).Select(i => ArrayReader.GetString(rows.Rows.Columns[0], i)));
        Assert.Equal(["a", "b", "a", "c", "b"], hosts);
    }

    private static RecordBatch Rows(int first, int count)
    {
        var builder = new RecordBatchBuilder(Numbers);
        for (int i = 0; i < count; i++)
            builder.AppendRow((long)first + i);
        return builder.Build();
    }
}
