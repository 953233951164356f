using System.Diagnostics;
using System.Globalization;

namespace Varve.Benchmarks.Log;

/// <summary>
/// durable-append (the log) and engine-append (the whole engine) [seconds] [repetitions] [directory] [sizes] [writers]: appends per second in a closed loop,
/// every writer waiting for the durability of each append, next to the hand-written loop in the same run.
/// </summary>
internal static class DurableAppend
{
    public const string Name = "durable-append";
    public const string EngineName = "engine-append";

    private const double WarmSeconds = 0.3;

    private static readonly int[] WriterCounts = [1, 8, 64];
    private static readonly int[] SizesBytes = [100, 1024, 64 << 10];

    public static async Task<int> RunAsync(string[] args, Func<string, Task<IDurableTarget>> open, string label)
    {
        double seconds = args.Length > 0 ? double.Parse(args[0], CultureInfo.InvariantCulture) : 2;
        int repetitions = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 3;
        string parent = args.Length > 2 ? args[2] : Path.GetTempPath();
        int[] sizes = args.Length > 3 ? Numbers(args[3]) : SizesBytes;
        int[] writerCounts = args.Length > 4 ? Numbers(args[4]) : WriterCounts;
        Console.WriteLine($"   bytes  writers {label,8}/s  hand-written/s {label,6} MB/s {label,6} p50/p99 us hand p50/p99 us  CPU us/append {label}, hand   ratio (range)");
        foreach (int size in sizes)
        {
            foreach (int writers in writerCounts)
            {
                var logs = new List<Measurement>();
                var hands = new List<Measurement>();
                for (int i = 0; i < repetitions; i++)
                {
                    logs.Add(await MeasureAsync(parent, open, writers, size, seconds).ConfigureAwait(false));
                    hands.Add(await MeasureAsync(parent, d => Task.FromResult<IDurableTarget>(new HandWrittenLog(d)), writers, size, seconds).ConfigureAwait(false));
                }

                Print(size, writers, logs, hands);
            }
        }

        return 0;
    }

    private static int[] Numbers(string list) => [.. list.Split(',').Select(number => int.Parse(number, CultureInfo.InvariantCulture))];

    private readonly record struct Measurement(double PerSecond, double P50Us, double P99Us, double CpuUs);

    private static void Print(int size, int writers, List<Measurement> logs, List<Measurement> hands)
    {
        Measurement log = Middle(logs);
        Measurement hand = Middle(hands);
        double[] ratios = [.. logs.Zip(hands, (l, h) => l.PerSecond / h.PerSecond).Order()];
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{size,8} {writers,8} {log.PerSecond,10:F0} {hand.PerSecond,15:F0} {log.PerSecond * size / 1e6,11:F1} {log.P50Us,8:F0}/{log.P99Us,-7:F0} {hand.P50Us,8:F0}/{hand.P99Us,-7:F0} {log.CpuUs,12:F1} {hand.CpuUs,11:F1}"
            + $"  {ratios[ratios.Length / 2],5:F2} ({ratios[0]:F2}-{ratios[^1]:F2})"));
    }

    private static Measurement Middle(List<Measurement> runs) => runs.OrderBy(run => run.PerSecond).ElementAt(runs.Count / 2);

    private static async Task<Measurement> MeasureAsync(string parent, Func<string, Task<IDurableTarget>> open, int writers, int size, double seconds)
    {
        string directory = Directory.CreateDirectory(Path.Combine(parent, $"varve-durable-append-{Environment.ProcessId}")).FullName;
        try
        {
            IDurableTarget target = await open(Path.Combine(directory, "log")).ConfigureAwait(false);
            await using (target.ConfigureAwait(false))
                return await LoadAsync(target, writers, size, seconds).ConfigureAwait(false);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task<Measurement> LoadAsync(IDurableTarget target, int writers, int size, double seconds)
    {
        TimeSpan cpu = Environment.CpuUsage.TotalTime;
        long warm = Stopwatch.GetTimestamp() + (long)(WarmSeconds * Stopwatch.Frequency);
        long end = warm + (long)(seconds * Stopwatch.Frequency);
        List<float>[] latencies = await Task.WhenAll(Enumerable.Range(0, writers).Select(writer => Task.Run(() => WriteAsync(target, writer, size, warm, end))))
            .ConfigureAwait(false);
        cpu = Environment.CpuUsage.TotalTime - cpu;
        float[] all = [.. latencies.SelectMany(us => us).Order()];
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
