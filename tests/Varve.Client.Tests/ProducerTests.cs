using System.Net;
using Varve.Arrow;
using Varve.Arrow.Builders;
using Varve.Protocol.V1;
using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Client.Tests;

public sealed class ProducerTests(ServedEngine served, ITestOutputHelper output) : IClassFixture<ServedEngine>
{
    private static readonly Schema Numbers = new([new Field("n", ArrowTypes.Int64, isNullable: false)]);

    private VarveClient Client => served.Client;

    [Fact]
    public async Task Batches_are_stored_in_order_and_numbered()
    {
        await Client.CreateStreamAsync("p/ordered", Numbers);
        await using Producer producer = await Client.OpenProducerAsync("ordered");
        Assert.Equal(0, producer.NextSequence);
        List<Task<AppendAck>> acks = [];
        for (int i = 0; i < 300; i++)
            acks.Add(await producer.AppendAsync("p/ordered", Rows(i)));
        await producer.FlushAsync();
        Assert.Equal(Enumerable.Range(0, 300).Select(i => (long)i), (await Task.WhenAll(acks)).Select(a => a.FirstOffset));
        Assert.Equal(300, producer.NextSequence);
        Assert.Equal(300, (await Client.ListProducersAsync()).Single(p => p.Name == "ordered").NextSequence);
    }

    [Fact]
    public async Task Connections_that_are_cut_neither_lose_nor_double_a_batch()
    {
        Random random = new(TestSeed.Next(output.WriteLine));
        await Client.CreateStreamAsync("p/cut", Numbers);
        await using CuttingProxy proxy = new() { Target = IPEndPoint.Parse(served.Endpoint) };
        using VarveClient client = new(new VarveClientOptions { Endpoint = $"127.0.0.1:{proxy.Port}" });
        await using Producer producer = await client.OpenProducerAsync("cut", new ProducerOptions { RetryDelay = TimeSpan.FromMilliseconds(1) });
        List<Task<AppendAck>> acks = [];
        for (int i = 0; i < 1_500; i++)
        {
            acks.Add(await producer.AppendAsync("p/cut", Rows(i)));
            if (random.Next(30) == 0)
                proxy.Cut();
        }

        await producer.FlushAsync();
        AppendAck[] answers = await Task.WhenAll(acks);
        Assert.Equal(Enumerable.Range(0, 1_500).Select(i => (long)i), answers.Select(a => a.FirstOffset));
        Assert.Equal(Enumerable.Range(0, 1_500).Select(i => (long)i), await ReadAsync("p/cut"));
        output.WriteLine($"{answers.Count(a => a.IsDuplicate)} answers came the second time");
    }

    [Fact]
    public async Task Opening_a_producer_again_cuts_off_the_first_and_goes_on_behind_it()
    {
        await Client.CreateStreamAsync("p/again", Numbers);
        await using Producer first = await Client.OpenProducerAsync("again");
        await await first.AppendAsync("p/again", Rows(0));
        await using Producer second = await Client.OpenProducerAsync("again");
        Assert.Equal(1, second.NextSequence);
        VarveException e = await Assert.ThrowsAsync<VarveException>(async () => await await first.AppendAsync("p/again", Rows(100)));
        Assert.Equal(ErrorCode.ProducerFenced, e.Code);
        await Assert.ThrowsAsync<VarveException>(async () => await first.AppendAsync("p/again", Rows(101)));
        await await second.AppendAsync("p/again", Rows(1));
        Assert.Equal([0, 1], await ReadAsync("p/again"));
    }

    [Fact]
    public async Task A_batch_that_is_refused_for_good_ends_the_producer_and_nothing_behind_it_is_stored()
    {
        await Client.CreateStreamAsync("p/strict", Numbers);
        await using Producer producer = await Client.OpenProducerAsync("strict");
        Task<AppendAck> good = await producer.AppendAsync("p/strict", Rows(0));
        RecordBatch wrong = new RecordBatchBuilder(new Schema([new Field("m", ArrowTypes.Int64)])).AppendRow(1L).Build();
        Task<AppendAck> bad = await producer.AppendAsync("p/strict", wrong);
        await good;
        Assert.Equal(ErrorCode.SchemaMismatch, (await Assert.ThrowsAsync<VarveException>(() => bad)).Code);
        await Assert.ThrowsAsync<VarveException>(async () => await await producer.AppendAsync("p/strict", Rows(1)));
        await Assert.ThrowsAsync<VarveException>(() => producer.FlushAsync());
        Assert.Equal([0], await ReadAsync("p/strict"));
    }

    [Fact]
    public async Task A_daemon_that_stays_away_for_too_long_ends_the_producer()
    {
        await Client.CreateStreamAsync("p/away", Numbers);
        await using CuttingProxy proxy = new() { Target = IPEndPoint.Parse(served.Endpoint) };
        using VarveClient client = new(new VarveClientOptions { Endpoint = $"127.0.0.1:{proxy.Port}" });
        ProducerOptions options = new() { RetryFor = TimeSpan.FromMilliseconds(200), RetryDelay = TimeSpan.FromMilliseconds(10) };
        await using Producer producer = await client.OpenProducerAsync("away", options);
        proxy.Target = null;
        proxy.Cut();
        Task<AppendAck> ack = await producer.AppendAsync("p/away", Rows(0));
        Assert.True((await Assert.ThrowsAsync<VarveException>(() => ack)).IsUnavailable);
    }

    [Fact]
    public async Task Rows_for_several_streams_are_stored_together()
    {
        await Client.CreateStreamAsync("p/one", Numbers);
        await Client.CreateStreamAsync("p/two", Numbers);
        IReadOnlyList<AppendAck> acks = await Client.AppendTogetherAsync([new("p/one", Rows(1)), new("p/two", Rows(2), ExpectedOffset: 0)]);
        Assert.Equal(["p/one", "p/two"], acks.Select(a => a.Stream));
        Assert.Equal(acks[0].Position, acks[1].Position);
        VarveException e = await Assert.ThrowsAsync<VarveException>(
            () => Client.AppendTogetherAsync([new("p/one", Rows(3)), new("p/two", Rows(4), ExpectedOffset: 0)]));
        Assert.Equal(ErrorCode.OffsetMismatch, e.Code);
        Assert.Equal([1], await ReadAsync("p/one"));
        Assert.Equal([2], await ReadAsync("p/two"));
    }

    private static RecordBatch Rows(long number) => new RecordBatchBuilder(Numbers).AppendRow(number).Build();

    private async Task<List<long>> ReadAsync(string stream)
    {
        List<long> numbers = [];
        await foreach (StreamRows rows in Client.ReadAsync(stream))
            numbers.AddRange(Enumerable.Range(0, rows.Rows.RowCount).Select(i => Varve.Arrow.Values.ArrayReader.GetInt64(rows.Rows.Columns[0], i)));
        return numbers;
    }
}
