using Varve.Arrow.Ipc;
using Varve.Storage.Records;
using Varve.Storage.Streams;

namespace Varve.Storage.Tests.Recovery;

/// <summary>Logs that end, or go on, inside of an append to several streams. Not encrypted, so that the test can write records.</summary>
public class UnfinishedGroupTests
{
    /// <summary>The year 2100.</summary>
    private const long Time = 4_102_444_800_000_000;

    [Fact]
    public async Task A_group_that_is_whole_counts_and_so_does_its_producer()
    {
        await using EngineHost host = await WithStreamsAsync();
        await host.WriteRecordsAsync(Group(2), Rows1("a"), Rows1("b"));
        await host.OpenAsync();
        Assert.Equal([1, 100], host.Engine.OpenView("a").Numbers());
        Assert.Equal([1, 100], host.Engine.OpenView("b").Numbers());
        ProducerDescription producer = Assert.Single(await host.Engine.ListProducersAsync());
        Assert.Equal(1, producer.Session.NextSequence);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_group_without_its_last_batch_is_ignored_and_its_number_and_offsets_given_again(int batches)
    {
        await using EngineHost host = await WithStreamsAsync();
        await host.WriteRecordsAsync([Group(2), .. Enumerable.Repeat(Rows1("a"), batches)]);
        await host.OpenAsync();
        ProducerSession session = Assert.Single(await host.Engine.ListProducersAsync()).Session;
        Assert.Equal(0, session.NextSequence);
        Assert.Equal([1], host.Engine.OpenView("a").Numbers());
        StreamAppend[] again = [new StreamAppend("a", Rows.Of(2)), new StreamAppend("b", Rows.Of(3))];
        await host.Engine.AppendAsync(again, new AppendOptions { Producer = new ProducerSequence(session.Id, session.Epoch, 0) });
        for (int i = 0; i < 2; i++)
        {
            Assert.Equal([1, 2], host.Engine.OpenView("a").Numbers());
            Assert.Equal([1, 3], host.Engine.OpenView("b").Numbers());
            await host.ReopenAsync();
        }
    }

    [Fact]
    public async Task An_abandoned_group_is_not_given_back_by_a_recovery_from_a_checkpoint()
    {
        await using EngineHost host = await WithStreamsAsync();
        await host.WriteRecordsAsync(Group(2), Rows1("a"));
        await host.OpenAsync();
        await host.Engine.AppendAsync([new StreamAppend("a", Rows.Of(2)), new StreamAppend("b", Rows.Of(3))], AppendOptions.None);
        await host.Engine.CheckpointAsync();
        await host.ReopenAsync();
        Assert.Equal([1, 2], host.Engine.OpenView("a").Numbers());
        Assert.Equal([1, 3], host.Engine.OpenView("b").Numbers());
    }

    [Fact]
    public async Task A_batch_that_is_not_of_the_group_is_damage()
    {
        await using EngineHost host = await WithStreamsAsync();
        await host.WriteRecordsAsync(Group(2), Rows1("a", isGrouped: false));
        await host.DamagedAsync("a batch stands inside of a group and is not of it");
    }

    [Fact]
    public async Task A_batch_of_no_group_is_damage()
    {
        await using EngineHost host = await WithStreamsAsync();
        await host.WriteRecordsAsync(Rows1("a"));
        await host.DamagedAsync("a batch of a group stands outside of one");
    }

    [Fact]
    public async Task Two_batches_of_one_stream_are_damage()
    {
        await using EngineHost host = await WithStreamsAsync();
        await host.WriteRecordsAsync(Group(2), Rows1("a"), Rows1("a"));
        await host.DamagedAsync("a group has two batches of it");
    }

    [Fact]
    public async Task Another_change_inside_of_a_group_is_damage()
    {
        await using EngineHost host = await WithStreamsAsync();
        await host.WriteRecordsAsync(Group(2), Rows1("a"), RecordWriter.Write(new DropStreamRecord(1, Time)));
        await host.DamagedAsync("a group ends after 1 of its 2 batches");
    }

    [Theory]
    [InlineData(2, 1, 0, "producer 2 appends, and is not known")]
    [InlineData(1, 2, 0, "producer 1 appends 0 in epoch 2, 0 in epoch 1 is next")]
    [InlineData(1, 1, 4, "producer 1 appends 4 in epoch 1, 0 in epoch 1 is next")]
    public async Task A_number_that_is_not_the_next_is_damage(long producer, int epoch, long sequence, string message)
    {
        await using EngineHost host = await WithStreamsAsync();
        AppendGroupRecord group = new(Time, new ProducerSequence(producer, epoch, sequence), 1);
        await host.WriteRecordsAsync(RecordWriter.Write(group), Rows1("a"));
        await host.DamagedAsync(message);
    }

    [Fact]
    public async Task A_producer_that_opens_another_epoch_than_the_next_is_damage()
    {
        await using EngineHost host = await WithStreamsAsync();
        await host.WriteRecordsAsync(RecordWriter.Write(new OpenProducerRecord(Time, 1, 3, "p")));
        await host.DamagedAsync("producer 1 opens epoch 3, where producer 1 of that name is at epoch 1");
    }

    [Fact]
    public async Task Forgetting_a_producer_that_is_not_known_is_damage()
    {
        await using EngineHost host = await WithStreamsAsync();
        await host.WriteRecordsAsync(RecordWriter.Write(new ForgetProducerRecord(Time, 9)));
        await host.DamagedAsync("producer 9 is forgotten, and is not known");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Dead_letters_and_the_progress_that_passes_them_are_there_together_or_not_at_all(bool isWhole)
    {
        await using EngineHost host = await WithStreamsAsync();
        await host.WriteRecordsAsync([.. Bury(new OffsetRange(0, 1)), .. isWhole ? [Rows1("a")] : Array.Empty<byte[]>()]);
        await host.OpenAsync();
        for (int i = 0; i < 2; i++)
        {
            ConsumerDescription consumer = host.Engine.DescribeConsumer("b", "c");
            Assert.Equal(isWhole ? (1, 1) : (0, 0), (consumer.Offset, consumer.DeadRowCount));
            Assert.Equal(isWhole ? [1, 100] : [1], host.Engine.OpenView("a").Numbers());
            await host.Engine.CheckpointAsync();
            await host.ReopenAsync();
        }
    }

    [Fact]
    public async Task Progress_that_does_not_fit_is_damage()
    {
        await using EngineHost host = await WithStreamsAsync();
        await host.WriteRecordsAsync(Bury(new OffsetRange(0, 1))[1]);
        await host.DamagedAsync("dead letters of consumer 1 do not stand at the begin of a group");
    }

    [Fact]
    public async Task Rows_that_are_passed_twice_are_damage()
    {
        await using EngineHost host = await WithStreamsAsync();
        byte[] pass = RecordWriter.Write(new ConsumerProgressRecord(2, Time, 1, [new OffsetRange(0, 1)], []));
        await host.WriteRecordsAsync(pass, pass);
        await host.DamagedAsync("does not fit consumer 1, which is at 1");
    }

    private static async Task<EngineHost> WithStreamsAsync()
    {
        EngineHost host = await EngineHost.StartAsync(o => o with { Keys = new KeyOptions { Encrypt = false } });
        foreach (string name in new[] { "a", "b" })
        {
            await host.Engine.CreateStreamAsync(name, Rows.Schema);
            await host.Engine.AppendAsync(name, Rows.Of(1));
        }

        await host.Engine.OpenProducerAsync("p");
        await host.Engine.CreateConsumerAsync("b", "c", ConsumerSettings.Default, ConsumerStart.Earliest);
        await host.CloseAsync();
        return host;
    }

    private static byte[] Group(int batches) => RecordWriter.Write(new AppendGroupRecord(Time, new ProducerSequence(1, 1, 0), batches));

    /// <summary>The records before those of dead letters.</summary>
    private static byte[][] Bury(OffsetRange rows) =>
    [
        RecordWriter.Write(new AppendGroupRecord(Time, default, 1)),
        RecordWriter.Write(new ConsumerProgressRecord(2, Time, 1, [rows], []) { IsDeadLetters = true }),
    ];

    /// <summary>One row at offset 1.</summary>
    private static byte[] Rows1(string stream, bool isGrouped = true)
    {
        StreamSchema schema = new(Rows.Schema, 1);
        EncodedAppend encoded = AppendEncoder.Encode(stream == "a" ? 1 : 2, schema.All, Rows.Of(100), BodyCompression.None, sealer: null);
        encoded.Stamp(Time, 1, 0, 1, isGrouped);
        byte[] bytes = encoded.Bytes.ToArray();
        encoded.Release();
        return bytes;
    }
}
