using System.Collections.Concurrent;
using Varve.Arrow;
using Varve.Arrow.Builders;
using Varve.Cli.Output;
using Varve.Client;

namespace Varve.Cli.Demo;

/// <summary>The rates that this machine reaches: several clients append as fast as they are acknowledged, then SQL counts.</summary>
internal sealed class LoadDemo(VarveClient client, TimeProvider time)
{
    private const string Stream = "demo.load";
    private const int WriterCount = 8;
    private const int RowsPerBatch = 1000;
    private const int DevicesCount = 100;

    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(3);
    private static readonly Schema Schema = new(
    [
        new Field("ts", ArrowTypes.TimestampMicrosUtc, isNullable: false),
        new Field("device", ArrowTypes.Utf8, isNullable: false),
        new Field("reading", ArrowTypes.Float64, isNullable: false),
    ]);

    private readonly ConcurrentBag<TimeSpan> _latencies = [];
    private long _rows;

    public async Task RunAsync(CancellationToken cancellation)
    {
        Heading.Print($"As fast as it goes: {WriterCount} clients, {RowsPerBatch:N0} rows a batch, each batch durable before the next, for {Duration.TotalSeconds:0} seconds");
        await client.CreateStreamAsync(Stream, Schema, ifNotExists: true, cancellation);
        long start = time.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, WriterCount).Select(writer => Task.Run(() => WriteAsync(writer, start, cancellation), cancellation)));
        TimeSpan took = time.GetElapsedTime(start);
        TimeSpan[] sorted = [.. _latencies.Order()];
        Console.WriteLine($"  {_rows / took.TotalSeconds:N0} rows/s in {sorted.Length / took.TotalSeconds:N0} durable appends/s; an append took "
            + $"{Quantity.Duration(sorted[sorted.Length / 2])} (median), {Quantity.Duration(sorted[sorted.Length * 99 / 100])} (99 of 100)");

        long asked = time.GetTimestamp();
        long seen = await DemoSql.NumberAsync(client, $"select count(*) from \"{Stream}\"", cancellation);
        if (seen != _rows)
            throw new InvalidOperationException($"{_rows} rows were acknowledged and SQL saw {seen}");
        Console.WriteLine($"  all {seen:N0} rows seen by SQL {Quantity.Duration(time.GetElapsedTime(asked))} after the last acknowledgement");
        await DemoSql.PrintAsync(
            client,
            $"select device, count(*) as readings, round(avg(reading), 3) as mean, max(reading) as highest from \"{Stream}\" group by device order by mean desc limit 5",
            cancellation);
    }

    private async Task WriteAsync(int writer, long start, CancellationToken cancellation)
    {
        RecordBatch batch = Batch(new Random(writer));
        await using StreamAppender appender = client.OpenAppender(Stream, cancellation: cancellation);
        while (time.GetElapsedTime(start) < Duration)
        {
            long sent = time.GetTimestamp();
            await await appender.AppendAsync(batch);
            _latencies.Add(time.GetElapsedTime(sent));
            Interlocked.Add(ref _rows, batch.RowCount);
        }

        await appender.CompleteAsync();
    }

    private RecordBatch Batch(Random random)
    {
        var rows = new RecordBatchBuilder(Schema);
        DateTimeOffset now = time.GetUtcNow();
        for (int i = 0; i < RowsPerBatch; i++)
        {
            int device = random.Next(DevicesCount);
            rows.AppendRow(now.AddMilliseconds(i), $"device-{device:00}", Math.Round(20 + (device % 10) + random.NextDouble(), 2));
        }

        return rows.Build();
    }
}
