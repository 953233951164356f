using System.Diagnostics;
using System.Globalization;

namespace Varve.Benchmarks.Log;

/// <summary>
/// durable-append (the log) and engine-append (the whole engine) [seconds] [repetitions] [directory] [sizes] [writers]: appends per second in a
/// closed loop, every writer waiting for the durability of each append, next to the hand-written loop in the same run. Twice: on files that were
/// never written, as a log that grows finds them, and behind zeros that were laid out before, as a log finds them after some quiet. The hand-written
/// loop always has its zeros.
/// </summary>
internal static class DurableAppend
{
    public const string Name = "durable-append";
    public const string EngineName = "engine-append";

    private const int LargeBytes = 64 << 10;
    private const double WarmSeconds = 0.1;

    private static readonly int[] WriterCounts = [1, 8, 64];
    private static readonly int[] SizesBytes = [100, 1024, 64 << 10];

    public static async Task<int> RunAsync(string[] args, Func<string, long?, Task<IDurableTarget>> open, string label, bool onFreshFilesOnly = false)
    {
        double seconds = args.Length > 0 ? double.Parse(args[0], CultureInfo.InvariantCulture) : 2;
        int repetitions = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 3;
        string parent = args.Length > 2 ? args[2] : Path.GetTempPath();
        int[] sizes = args.Length > 3 ? Numbers(args[3]) : SizesBytes;
        int[] writerCounts = args.Length > 4 ? Numbers(args[4]) : WriterCounts;
        Console.WriteLine($"                         {label,6}                                              hand-written                        ratio of appends/s");
        Console.WriteLine("   bytes writers  files    appends/s    MB/s    p50/p99 us  CPU us/append    appends/s    p50/p99 us   CPU us    median (range)  of best");
        foreach (int size in sizes)
        {
            foreach (int writers in writerCounts)
            {
                await CompareAsync(parent, open, size, writers, seconds, repetitions, zerosBytes: null).ConfigureAwait(false);
                if (!onFreshFilesOnly)
                    await CompareAsync(parent, open, size, writers, seconds, repetitions, size < LargeBytes ? 256 << 20 : 4L << 30)
                        .ConfigureAwait(false);
            }
        }

        return 0;
    }

    /// <summary>Both take turns within one run, so that what else the machine does meets both.</summary>
    private static async Task CompareAsync(
        string parent, Func<string, long?, Task<IDurableTarget>> open, int size, int writers, double seconds, int repetitions, long? zerosBytes)
    {
        string directory = Directory.CreateDirectory(Path.Combine(parent, $"varve-durable-append-{Environment.ProcessId}")).FullName;
        try
        {
            var logs = new List<Measurement>();
            var hands = new List<Measurement>();
            var hand = new HandWrittenLog(Path.Combine(directory, "hand"));
            await using (hand.ConfigureAwait(false))
            {
                for (int i = 0; i < repetitions; i++)
                {
                    string logDirectory = Path.Combine(directory, $"log-{i}");
                    IDurableTarget log = await open(logDirectory, zerosBytes).ConfigureAwait(false);
                    await using (log.ConfigureAwait(false))
                    {
                        await SettleAsync().ConfigureAwait(false);
                        logs.Add(await LoadAsync(log, writers, size, seconds).ConfigureAwait(false));
                    }

                    Directory.Delete(logDirectory, recursive: true);
                    hands.Add(await LoadAsync(hand, writers, size, seconds).ConfigureAwait(false));
                }
            }

            Print(size, writers, zerosBytes is not null, logs, hands);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    /// <summary>Waits until nothing is written in the background.</summary>
    private static async Task SettleAsync()
    {
        string before;
        do
        {
            before = WrittenBytes();
            await Task.Delay(100).ConfigureAwait(false);
        }
        while (WrittenBytes() != before);

        static string WrittenBytes() => File.ReadLines("/proc/self/io").First(line => line.StartsWith("write_bytes", StringComparison.Ordinal));
    }

    private static int[] Numbers(string list) => [.. list.Split(',').Select(number => int.Parse(number, CultureInfo.InvariantCulture))];

    private readonly record struct Measurement(double PerSecond, double P50Us, double P99Us, double CpuUs);

    private static void Print(int size, int writers, bool laidOut, List<Measurement> logs, List<Measurement> hands)
    {
        Measurement log = Middle(logs);
        Measurement hand = Middle(hands);
        double[] ratios = [.. logs.Zip(hands, (l, h) => l.PerSecond / h.PerSecond).Order()];
        double best = logs.Max(run => run.PerSecond) / hands.Max(run => run.PerSecond);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{size,8} {writers,7} {(laidOut ? "zeros" : "fresh"),6} {log.PerSecond,12:F0} {log.PerSecond * size / 1e6,7:F1} {log.P50Us,7:F0}/{log.P99Us,-7:F0} {log.CpuUs,11:F1}"
            + $" {hand.PerSecond,12:F0} {hand.P50Us,7:F0}/{hand.P99Us,-7:F0} {hand.CpuUs,7:F1}"
            + $" {ratios[ratios.Length / 2],8:F2} ({ratios[0]:F2}-{ratios[^1]:F2}) {best,6:F2}"));
    }

    private static Measurement Middle(List<Measurement> runs) => runs.OrderBy(run => run.PerSecond).ElementAt(runs.Count / 2);

    private static async Task<Measurement> LoadAsync(IDurableTarget target, int writers, int size, double seconds)
    {
        TimeSpan cpu = Environment.CpuUsage.TotalTime;
        long warm = Stopwatch.GetTimestamp() + (long)(WarmSeconds * Stopwatch.Frequency);
        long end = warm + (long)(seconds * Stopwatch.Frequency);
        List<float>[] latencies = await Task.WhenAll(
            Enumerable.Range(0, writers).Select(writer => Task.Run(() => WriteAsync(target, writer, size, warm, end))))
            .ConfigureAwait(false);
        cpu = Environment.CpuUsage.TotalTime - cpu;
        float[] all = [.. latencies.SelectMany(us => us).Order()];
        if (all.Length == 0)
            return default;
        return new Measurement(all.Length / seconds, all[all.Length / 2], all[all.Length * 99 / 100], cpu.TotalMicroseconds / all.Length * seconds / (seconds + WarmSeconds));
    }

    private static async Task<List<float>> WriteAsync(IDurableTarget target, int writer, int size, long warm, long end)
    {
        var bytes = new byte[size];
        new Random(writer).NextBytes(bytes);
        var latencies = new List<float>(1 << 16);
        while (true)
        {
            long start = Stopwatch.GetTimestamp();
            if (start >= end)
                return latencies;
            await target.AppendAsync(bytes).ConfigureAwait(false);
            if (start >= warm)
                latencies.Add((float)Stopwatch.GetElapsedTime(start).TotalMicroseconds);
        }
    }
}
