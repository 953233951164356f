using System.Diagnostics;

namespace Varve.Load;

/// <summary>Bytes moved, in what time, what processor time they took at both ends, and what this process allocated.</summary>
internal readonly record struct Measurement(long Bytes, TimeSpan Elapsed, TimeSpan Here, TimeSpan There, long AllocatedBytes)
{
    public double GigabytesPerSecond => Bytes / Elapsed.TotalSeconds / 1e9;

    /// <summary>Processor seconds of this process for a gigabyte.</summary>
    public double HereSecondsPerGigabyte => Here.TotalSeconds / (Bytes / 1e9);

    /// <summary>Processor seconds of the other process for a gigabyte.</summary>
    public double ThereSecondsPerGigabyte => There.TotalSeconds / (Bytes / 1e9);

    public double AllocatedMegabytesPerGigabyte => AllocatedBytes / 1e6 / (Bytes / 1e9);

    /// <param name="move">Moves bytes and says how many.</param>
    /// <param name="peer">The process at the other end; null: both ends are here.</param>
    public static async Task<Measurement> OfAsync(Func<Task<long>> move, Process? peer = null)
    {
        TimeSpan there = ProcessorTime(peer);
        TimeSpan here = Environment.CpuUsage.TotalTime;
        long allocated = GC.GetTotalAllocatedBytes();
        long started = Stopwatch.GetTimestamp();
        long bytes = await move();
        return new Measurement(
            bytes,
            Stopwatch.GetElapsedTime(started),
            Environment.CpuUsage.TotalTime - here,
            ProcessorTime(peer) - there,
            GC.GetTotalAllocatedBytes() - allocated);
    }

    private static TimeSpan ProcessorTime(Process? process)
    {
        process?.Refresh();
        return process?.TotalProcessorTime ?? TimeSpan.Zero;
    }
}
