using System.Diagnostics;
using Varve.Arrow;

namespace Varve.Load.Backup;

/// <summary>Writers that append at a steady rate of all together, each when it is due and the one before it is durable.</summary>
internal sealed class SteadyLoad(BackupData data, int writerCount, int appendsPerSecond, int rowCount)
{
    private readonly TimeSpan _period = TimeSpan.FromSeconds((double)writerCount / appendsPerSecond);
    private readonly RecordBatch _rows = BackupData.Rows(0, rowCount);

    /// <summary>Appends until a task ends. Returns how long each append took, in milliseconds.</summary>
    public async Task<IReadOnlyCollection<double>> RunAsync(Task end)
    {
        long started = Stopwatch.GetTimestamp();
        List<double>[] taken = await Task.WhenAll(
            Enumerable.Range(0, writerCount).Select(i => Task.Run(() => WriteAsync(started, _period * i / writerCount, end))));
        await end;
        return [.. taken.SelectMany(t => t)];
    }

    private async Task<List<double>> WriteAsync(long started, TimeSpan due, Task end)
    {
        List<double> taken = [];
        for (; !end.IsCompleted; due += _period)
        {
            // Late because of the append before it, it counts from when it was due; late because a timer is coarse, it does not.
            TimeSpan begin = Stopwatch.GetElapsedTime(started);
            if (begin < due)
            {
                await Task.Delay(due - begin);
                begin = Stopwatch.GetElapsedTime(started);
            }
            else
            {
                begin = due;
            }

            await data.Engine.AppendAsync(BackupData.Stream, _rows);
            taken.Add((Stopwatch.GetElapsedTime(started) - begin).TotalMilliseconds);
        }

        return taken;
    }
}
