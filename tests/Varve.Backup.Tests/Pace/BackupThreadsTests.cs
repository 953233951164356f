using System.Collections.Concurrent;
using System.Globalization;
using Varve.Backup.Pace;

namespace Varve.Backup.Tests.Pace;

/// <summary>What backups do is done on threads of its own.</summary>
public sealed class BackupThreadsTests
{
    private const int NiceField = 19;

    [Fact]
    public async Task Work_that_gives_way_runs_at_a_low_priority_and_all_else_as_before()
    {
        int before = Niceness();
        Assert.Equal(Math.Min(19, before + 10), await BackupThreads.RunAsync(givesWay: true, Niceness, CancellationToken.None));
        Assert.Equal(before, await BackupThreads.RunAsync(givesWay: false, Niceness, CancellationToken.None));
        Assert.Equal(before, await Task.Run(Niceness));
    }

    /// <summary>Each waits until as many as there may be are at work: with one thread less it would not end.</summary>
    [Fact]
    public async Task As_many_run_at_once_as_may_and_no_more()
    {
        const int threads = 3;
        TaskFactory factory = new(new DedicatedScheduler(threads, 0, "test"));
        ConcurrentDictionary<int, bool> seen = [];
        int running = 0;
        int most = 0;
        using Barrier barrier = new(threads);
        for (int repetition = 0; repetition < 3; repetition++)
        {
            await Task.WhenAll(Enumerable.Range(0, threads * 4).Select(_ => factory.StartNew(() =>
            {
                seen[Environment.CurrentManagedThreadId] = true;
                int now = Interlocked.Increment(ref running);
                barrier.SignalAndWait();
                InterlockedMax(ref most, now);
                Interlocked.Decrement(ref running);
            })));
        }

        Assert.Equal(threads, most);
        Assert.Equal(threads, seen.Count);
    }

    [Fact]
    public async Task Failures_and_cancellations_come_to_whoever_waits()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(
            () => BackupThreads.RunAsync(false, () => throw new InvalidOperationException("no"), CancellationToken.None));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => BackupThreads.RunAsync(false, () => { }, new CancellationToken(canceled: true)));
    }

    private static void InterlockedMax(ref int most, int value)
    {
        int seen;
        while ((seen = Volatile.Read(ref most)) < value && Interlocked.CompareExchange(ref most, value, seen) != seen)
        {
        }
    }

    /// <summary>Of the calling thread (proc(5), behind the name in parentheses).</summary>
    private static int Niceness()
    {
        string stat = File.ReadAllText("/proc/thread-self/stat");
        return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[NiceField - 3], CultureInfo.InvariantCulture);
    }
}
