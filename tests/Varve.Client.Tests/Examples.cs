using Varve.Arrow;
using Varve.Protocol.V1;

namespace Varve.Client.Tests;

/// <summary>The examples of the documentation, compiled: <see cref="ExampleTests"/> sees to it that each of theirs stands here.</summary>
internal static class Examples
{
    public static async Task ProduceAsync(VarveClient client, RecordBatch batch)
    {
        await using Producer producer = await client.OpenProducerAsync("meters/partition-7");
        Task<AppendAck> ack = await producer.AppendAsync("readings", batch);   // sent again until it is answered
        await producer.FlushAsync();
        await ack;
    }

    public static async Task WriteAsync(VarveClient client, IAsyncEnumerable<Reading> readings)
    {
        await client.CreateStreamAsync<Reading>("readings");
        await using Producer producer = await client.OpenProducerAsync("meters/partition-7");
        await producer.AppendAsync("readings", readings);   // in batches, each row once
        await foreach (Reading reading in client.ReadAsync<Reading>("readings", new ReadOptions { Follow = true }))
            Console.WriteLine(reading);
    }

    public static async Task ConsumeAsync(VarveClient client, CancellationToken stopping)
    {
        await client.CreateConsumerAsync("readings", "billing", new ConsumerSettings { DeadLetterStream = "readings-dead" }, stopping);
        await using Consumer consumer = client.OpenConsumer("readings", "billing");
        await consumer.RunAsync(
            async (batch, cancelled) => await BillAsync(batch.Rows, cancelled),   // completed: acknowledged; thrown at: rejected
            stopping);
    }

    private static Task BillAsync(RecordBatch rows, CancellationToken cancelled) => Task.Delay(rows.RowCount, cancelled);

    public sealed record Reading(string Device, DateTimeOffset At, double? Value);
}
