using System.Diagnostics;

namespace Varve.Load;

/// <summary>Bytes moved, in what time, and what processor time of this process they took.</summary>
internal readonly record struct Measurement(long Bytes, TimeSpan Elapsed, TimeSpan Processor)
{
    public double GigabytesPerSecond => Bytes / Elapsed.TotalSeconds / 1e9;

    public double ProcessorSecondsPerGigabyte => Processor.TotalSeconds / (Bytes / 1e9);

    public static async Task<Measurement> OfAsync(Func<Task<long>> move)
    {
        TimeSpan processor = Environment.CpuUsage.TotalTime;
        long started = Stopwatch.GetTimestamp();
        long bytes = await move();
        return new Measurement(bytes, Stopwatch.GetElapsedTime(started), Environment.CpuUsage.TotalTime - processor);
    }
}
