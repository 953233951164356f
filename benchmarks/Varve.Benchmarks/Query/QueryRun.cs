using System.Diagnostics;

namespace Varve.Benchmarks.Query;

/// <summary>One run of a statement.</summary>
/// <param name="WallMs">From its start to its last batch.</param>
/// <param name="CpuMs">Of all threads of the process.</param>
/// <param name="Rows">What it gave.</param>
internal readonly record struct QueryRun(double WallMs, double CpuMs, long Rows)
{
    /// <param name="work">Runs the statement and returns how many rows it gave.</param>
    public static async Task<QueryRun> MeasureAsync(Func<Task<long>> work)
    {
        using var process = Process.GetCurrentProcess();
        TimeSpan cpu = process.TotalProcessorTime;
        long began = Stopwatch.GetTimestamp();
        long rows = await work().ConfigureAwait(false);
        double wall = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        process.Refresh();
        return new QueryRun(wall, (process.TotalProcessorTime - cpu).TotalMilliseconds, rows);
    }

    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
