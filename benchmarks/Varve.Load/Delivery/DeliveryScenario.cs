using System.Diagnostics;
using System.Security.Cryptography;
using Varve.Arrow;
using Varve.Benchmarks.Log;
using Varve.Storage;

namespace Varve.Load.Delivery;

/// <summary>
/// What it costs that appends are numbered, and that a group of consumers reads along: durable appends of many writers, plain, as producers' and with
/// consumers, in alternating rounds on one engine in this process. And how long one append takes, next to a bare write and sync of the same disk in the
/// same run.
/// </summary>
internal sealed class DeliveryScenario : IScenario
{
    private const string Stream = "load";
    private const int Members = 4;
    private const int ValueBytes = 8;
    private const double CostGoal = 0.10;

    private static readonly Schema Values = new([new Field("value", ArrowTypes.Int64, isNullable: false)]);

    public string Name => "delivery";

    public string Summary =>
        "appends plain, of producers, and with consumers; latency next to the raw sync: writers=64 bytes=1024 rounds=5 milliseconds=2000";

    public async Task RunAsync(LoadArguments arguments)
    {
        int writers = arguments.Number("writers", 64);
        int rowCount = Math.Max(1, arguments.Number("bytes", 1024) / ValueBytes);
        var span = TimeSpan.FromMilliseconds(arguments.Number("milliseconds", 2_000));
        string directory = Directory.CreateTempSubdirectory("varve-load-").FullName;
        try
        {
            await using StorageEngine engine = await StorageEngine.OpenAsync(
                new StorageOptions { Directory = Path.Combine(directory, "data"), TailMemoryLimitBytes = 8L << 30 });
            await engine.CreateStreamAsync(Stream, Values);
            await engine.CreateConsumerAsync(Stream, "group", ConsumerSettings.Default, ConsumerStart.Latest);
            byte[] bytes = RandomNumberGenerator.GetBytes(rowCount * ValueBytes);
            RecordBatch batch = new(Values, rowCount, [new ArrayData(ArrowTypes.Int64, rowCount, 0, [default, bytes])]);
            WriterGroup group = new(engine, batch, writers);
            await group.PlainAsync(span / 4);
            await RoundsAsync(engine, group, arguments.Number("rounds", 5), span);
            await RawAsync(Path.Combine(directory, "raw"), bytes, span);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task RoundsAsync(StorageEngine engine, WriterGroup group, int rounds, TimeSpan span)
    {
        List<double> plain = [];
        List<double> numbered = [];
        List<double> consumed = [];
        List<double> latencies = [];
        for (int round = 0; round < rounds; round++)
        {
            AppendRound first = await group.PlainAsync(span);
            latencies.AddRange(first.Milliseconds);
            plain.Add(first.PerSecond);
            numbered.Add((await group.NumberedAsync(span)).PerSecond);
            consumed.Add(await ConsumedAsync(engine, group, span));
        }

        Console.WriteLine($"{"appends a second",-28} {"median",10} {"of plain",9}   rounds");
        Print("plain", plain, plain);
        Print("of producers", numbered, plain);
        Print($"with a group of {Members}", consumed, plain);
        Latency("durable append", latencies);
    }

    private static async Task<double> ConsumedAsync(StorageEngine engine, WriterGroup group, TimeSpan span)
    {
        await engine.ResetConsumerAsync(Stream, "group", ConsumerStart.Latest);
        using CancellationTokenSource stop = new();
        long before = engine.DescribeConsumer(Stream, "group").AcknowledgedRowCount;
        Task[] members = [.. Enumerable.Range(0, Members).Select(i => Task.Run(() => ConsumeAsync(engine, "m" + i, stop.Token)))];
        AppendRound round = await group.PlainAsync(span);
        ConsumerDescription consumer = engine.DescribeConsumer(Stream, "group");
        await stop.CancelAsync();
        await Task.WhenAll(members);
        double kept = (double)(consumer.AcknowledgedRowCount - before) / Math.Max(1, consumer.EndOffset - consumer.StartOffset);
        Console.WriteLine($"  the group had acknowledged {kept:P1} of the rows when the last was appended");
        return round.PerSecond;
    }

    private static async Task ConsumeAsync(StorageEngine engine, string member, CancellationToken stop)
    {
        const int rowsMax = 4_096;
        long sum = 0;
        try
        {
            while (true)
            {
                ConsumerLease lease = await engine.LeaseAsync(Stream, "group", member, rowsMax, cancellationToken: stop);
                StreamView view = engine.OpenView(Stream);
                for (long at = lease.Rows.From; at < lease.Rows.End;)
                {
                    ViewChunk chunk = view.Chunks[view.ChunkIndexOf(at)];
                    ReadOnlySpan<byte> values = chunk.Columns[0].Buffers[1].Span;
                    long end = Math.Min(lease.Rows.End, chunk.FirstOffset + chunk.RowCount);
                    for (; at < end; at++)
                        sum += values[(int)(at - chunk.FirstOffset) * ValueBytes];
                }

                await engine.AcknowledgeAsync(Stream, "group", lease.Epoch, [lease.Rows]);
            }
        }
        catch (OperationCanceledException)
        {
            GC.KeepAlive(sum);
        }
    }

    /// <summary>One write and sync after the other, by the hand-written loop with one writer.</summary>
    private static async Task RawAsync(string directory, byte[] bytes, TimeSpan span)
    {
        Directory.CreateDirectory(directory);
        await using HandWrittenLog log = new(directory);
        List<double> latencies = [];
        long started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < span)
        {
            long at = Stopwatch.GetTimestamp();
            await log.AppendAsync(bytes);
            latencies.Add(Stopwatch.GetElapsedTime(at).TotalMilliseconds);
        }

        Latency("bare write and fdatasync", latencies);
    }

    private static void Print(string what, List<double> rates, List<double> plain)
    {
        double ratio = Median([.. rates.Zip(plain, (rate, other) => rate / other)]);
        string goal = ReferenceEquals(rates, plain) ? "" : $"  costs {1 - ratio:P1}, goal below {CostGoal:P0}: {(1 - ratio < CostGoal ? "reached" : "missed")}";
        Console.WriteLine($"{what,-28} {Median(rates),10:N0} {ratio,9:0.00}   {string.Join(' ', rates.Select(r => r.ToString("N0")))}{goal}");
    }

    private static void Latency(string what, List<double> milliseconds)
    {
        double[] sorted = [.. milliseconds.Order()];
        double At(double share) => sorted.Length == 0 ? 0 : sorted[Math.Min(sorted.Length - 1, (int)(share * sorted.Length))];
        Console.WriteLine($"{what,-28} p50 {At(0.5):0.00} ms, p99 {At(0.99):0.00} ms, p99.9 {At(0.999):0.00} ms, of {sorted.Length:N0}");
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
