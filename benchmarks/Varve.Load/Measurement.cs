using System.Diagnostics;
using System.Globalization;

namespace Varve.Load;

/// <summary>Bytes moved, in what time, what processor time they took at both ends, and what this process allocated.</summary>
internal readonly record struct Measurement(long Bytes, TimeSpan Elapsed, TimeSpan Here, TimeSpan There, long AllocatedBytes)
{
    /// <summary>What sysconf(_SC_CLK_TCK) is on every Linux.</summary>
    private const double TicksPerSecond = 100;

    public double GigabytesPerSecond => Bytes / Elapsed.TotalSeconds / 1e9;

    /// <summary>Processor seconds of this process for a gigabyte.</summary>
    public double HereSecondsPerGigabyte => Here.TotalSeconds / (Bytes / 1e9);

    /// <summary>Processor seconds of the other process, or of programs that were run to their end, for a gigabyte.</summary>
    public double ThereSecondsPerGigabyte => There.TotalSeconds / (Bytes / 1e9);

    public double AllocatedMegabytesPerGigabyte => AllocatedBytes / 1e6 / (Bytes / 1e9);

    /// <param name="move">Moves bytes and says how many.</param>
    /// <param name="peer">The process at the other end; null: both ends are here, or in programs that this starts and that end.</param>
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
        if (process is null)
            return ChildrenTime();
        process.Refresh();
        return process.TotalProcessorTime;
    }

    /// <summary>What the processes took that this one started and that have ended (proc(5), cutime and cstime).</summary>
    private static TimeSpan ChildrenTime()
    {
        string stat = File.ReadAllText("/proc/self/stat");
        string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return TimeSpan.FromSeconds((long.Parse(fields[13], CultureInfo.InvariantCulture) + long.Parse(fields[14], CultureInfo.InvariantCulture)) / TicksPerSecond);
    }
}
