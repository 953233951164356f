using System.Net;
using Google.Protobuf.WellKnownTypes;
using Varve.Arrow;
using Varve.Arrow.Builders;
using Varve.Arrow.Values;
using Varve.Protocol.V1;
using Varve.Testing;
using Xunit.Abstractions;
using Field = Varve.Arrow.Field;

namespace Varve.Client.Tests;

public sealed class ConsumerTests(ServedEngine served, ITestOutputHelper output) : IClassFixture<ServedEngine>
{
    private static readonly Schema Numbers = new([new Field("n", ArrowTypes.Int64, isNullable: false)]);

    private VarveClient Client => served.Client;

    [Fact]
    public async Task Batches_are_acknowledged_in_whole_and_in_part_and_progress_is_told()
    {
        await StartAsync("c/progress", 1_000);
        await using Consumer consumer = Client.OpenConsumer("c/progress", "c", new ConsumerOptions { MaxBatchRows = 100, MaxUnacknowledgedRows = 300 });
        List<ConsumedBatch> batches = await TakeAsync(consumer, 3);
        Assert.Equal([0, 100, 200], batches.Select(b => b.FirstOffset));
        Assert.All(batches, b => Assert.Equal((100, 1, 1_000), (b.Rows.RowCount, b.Delivery, b.EndOffset)));
        Assert.Equal(150L, ArrayReader.GetInt64(batches[1].Rows.Columns[0], 50));
        Assert.Equal(100, await batches[1].AcknowledgeAsync());
        Assert.Equal(0, await batches[1].AcknowledgeAsync());
        Assert.Equal(10, await batches[0].AcknowledgeAsync(20, 10));
        Protocol.V1.Consumer told = await Client.DescribeConsumerAsync("c/progress", "c");
        Assert.Equal((0, 890, 110), (told.Offset, told.LagRows, told.AcknowledgedRows));
        Assert.Equal([consumer.Member], told.Members);
        Assert.Equal(90, await batches[0].AcknowledgeAsync());
        Assert.Equal(200, (await Client.DescribeConsumerAsync("c/progress", "c")).Offset);
        Assert.Equal("c", Assert.Single(await Client.ListConsumersAsync("c/progress")).Name);
    }

    [Fact]
    public async Task What_a_handler_throws_at_goes_to_the_dead_letters_and_all_else_is_acknowledged()
    {
        await StartAsync("c/handled", 300, new ConsumerSettings { DeadLetterStream = "c/dead", MaxDeliveries = 3 });
        using CancellationTokenSource stop = new();
        await using Consumer consumer = Client.OpenConsumer("c/handled", "c", new ConsumerOptions { MaxBatchRows = 50 });
        Task running = consumer.RunAsync(Handle, stop.Token);
        await UntilAsync("c/handled", c => c.LagRows == 0);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Protocol.V1.Consumer told = await Client.DescribeConsumerAsync("c/handled", "c");
        Assert.Equal((299, 1), (told.AcknowledgedRows, told.DeadRows));
        await foreach (StreamRows dead in Client.ReadAsync("c/dead"))
        {
            Assert.Equal("""{"n":77}""", ArrayReader.GetValue(dead.Rows.Columns[6], 0));
            Assert.Equal("77 is bad", ArrayReader.GetValue(dead.Rows.Columns[5], 0));
        }

        static Task Handle(ConsumedBatch batch, CancellationToken cancelled)
        {
            for (int row = 0; row < batch.Rows.RowCount; row++)
            {
                if (ArrayReader.GetInt64(batch.Rows.Columns[0], row) == 77)
                    throw new InvalidDataException("77 is bad");
            }

            return Task.CompletedTask;
        }
    }

    [Fact]
    public async Task What_is_held_is_kept_from_others_and_what_was_not_begun_with_is_given_back_at_once()
    {
        await StartAsync("c/held", 40, new ConsumerSettings { AckTimeout = Duration.FromTimeSpan(TimeSpan.FromSeconds(3)) });
        Consumer first = Client.OpenConsumer("c/held", "c", new ConsumerOptions { MaxBatchRows = 10, MaxUnacknowledgedRows = 40 });
        ConsumedBatch held = (await TakeAsync(first, 1))[0];
        await UntilAsync("c/held", c => c.LeasedRows == 40);
        await using Consumer second = Client.OpenConsumer("c/held", "c", new ConsumerOptions { MaxBatchRows = 100, MaxUnacknowledgedRows = 100 });

        // Longer than rows stay with a member that does not ask for more time.
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(4));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => TakeAsync(second, 1, patience.Token));
        Assert.False(held.IsLost);
        await first.DisposeAsync();
        List<ConsumedBatch> rest = await TakeAsync(second, 1);
        Assert.Equal((10, 30, 1), (rest[0].FirstOffset, rest[0].Rows.RowCount, rest[0].Delivery));
    }

    [Fact]
    public async Task Connections_that_are_cut_lose_no_row_and_no_acknowledgement()
    {
        const int rows = 20_000;
        Random random = new(TestSeed.Next(output.WriteLine));
        await StartAsync("c/cut", rows, new ConsumerSettings { AckTimeout = Duration.FromTimeSpan(TimeSpan.FromSeconds(1)) });
        await using CuttingProxy proxy = new() { Target = IPEndPoint.Parse(served.Endpoint) };
        using VarveClient client = new(new VarveClientOptions { Endpoint = $"127.0.0.1:{proxy.Port}" });
        await using Consumer consumer = client.OpenConsumer(
            "c/cut", "c", new ConsumerOptions { MaxBatchRows = 200, MaxUnacknowledgedRows = 2_000, RetryDelay = TimeSpan.FromMilliseconds(1) });
        HashSet<long> seen = [];
        await foreach (ConsumedBatch batch in consumer.ReadAsync())
        {
            seen.UnionWith(Enumerable.Range(0, batch.Rows.RowCount).Select(i => batch.FirstOffset + i));
            if (random.Next(10) == 0)
                proxy.Cut();
            await batch.AcknowledgeAsync();
            if (seen.Count == rows)
                break;
        }

        await UntilAsync("c/cut", c => c.LagRows == 0);
        Assert.Equal(rows, (await Client.DescribeConsumerAsync("c/cut", "c")).AcknowledgedRows);
    }

    [Fact]
    public async Task A_reset_and_a_deletion_are_told()
    {
        await StartAsync("c/reset", 10);
        await using Consumer consumer = Client.OpenConsumer("c/reset", "c");
        ConsumedBatch old = (await TakeAsync(consumer, 1))[0];
        await Client.ResetConsumerAsync("c/reset", "c", new ConsumerStart { Offset = 4 });
        VarveException fenced = await Assert.ThrowsAsync<VarveException>(() => old.AcknowledgeAsync());
        Assert.Equal(ErrorCode.ConsumerFenced, fenced.Code);
        ConsumedBatch young = (await TakeAsync(consumer, 1))[0];
        Assert.Equal((4, 6), (young.FirstOffset, young.Rows.RowCount));
        Assert.True(await Client.DeleteConsumerAsync("c/reset", "c"));
        VarveException gone = await Assert.ThrowsAsync<VarveException>(() => TakeAsync(consumer, 1));
        Assert.Equal(ErrorCode.ConsumerNotFound, gone.Code);
        Assert.False(await Client.DeleteConsumerAsync("c/reset", "c", ifExists: true));
    }

    [Fact]
    public async Task A_single_reader_commits_its_offset_and_learns_of_another()
    {
        await StartAsync("c/single", 10);
        Assert.Equal(4, await Client.CommitOffsetAsync("c/single", "c", 4, expectedOffset: 0));
        VarveException e = await Assert.ThrowsAsync<VarveException>(() => Client.CommitOffsetAsync("c/single", "c", 6, expectedOffset: 0));
        Assert.Equal(ErrorCode.OffsetMismatch, e.Code);
    }

    private async Task StartAsync(string stream, int rowCount, ConsumerSettings? settings = null)
    {
        await Client.CreateStreamAsync(stream, Numbers);
        RecordBatchBuilder rows = new(Numbers);
        for (long n = 0; n < rowCount; n++)
            rows.AppendRow(n);
        await Client.AppendAsync(stream, rows.Build());
        Assert.True((await Client.CreateConsumerAsync(stream, "c", settings)).Created);
        Assert.False((await Client.CreateConsumerAsync(stream, "c", settings)).Created);
    }

    private async Task UntilAsync(string stream, Func<Protocol.V1.Consumer, bool> condition)
    {
        using CancellationTokenSource late = new(TimeSpan.FromSeconds(60));
        while (!condition(await Client.DescribeConsumerAsync(stream, "c", late.Token)))
            late.Token.ThrowIfCancellationRequested();
    }

    private static async Task<List<ConsumedBatch>> TakeAsync(Consumer consumer, int count, CancellationToken cancellation = default)
    {
        List<ConsumedBatch> batches = [];
        await foreach (ConsumedBatch batch in consumer.ReadAsync(cancellation))
        {
            batches.Add(batch);
            if (batches.Count == count)
                break;
        }

        return batches;
    }
}
