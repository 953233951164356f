using System.Diagnostics;
using System.Security.Cryptography;
using Varve.Backup;
using Varve.Backup.Repositories;

namespace Varve.Load.Backup;

/// <summary>
/// How long durable appends take while a snapshot is under way, next to how long they take without one: a steady load, in alternating rounds, on one
/// engine in this process, node and repository on one disk. Each snapshot is a first one, into a new repository. None is deleted
/// before the end: where a file system tells the disk what was freed, that holds up syncs for a while.
/// </summary>
internal sealed class SnapshotLatencyScenario : IScenario
{
    private const double RatioGoal = 2;

    public string Name => "backup-latency";

    public string Summary =>
        "appends without and with a snapshot under way: mib=2048 rounds=5 writers=8 rate=1000 (appends a second) rows=16 milliseconds=4000 (without)";

    public async Task RunAsync(LoadArguments arguments)
    {
        Environment.SetEnvironmentVariable(BackupScenario.KeyVariable, Convert.ToHexString(RandomNumberGenerator.GetBytes(32)));
        string directory = Directory.CreateTempSubdirectory("varve-load-").FullName;
        try
        {
            await using BackupData data = await BackupData.MakeAsync(Path.Combine(directory, "data"), (long)arguments.Number("mib", 2048) << 20);
            Console.WriteLine($"{data.SegmentBytes / 1e6:N0} MB in {data.Engine.Statistics.SegmentCount} segments");
            SteadyLoad load = new(data, arguments.Number("writers", 8), arguments.Number("rate", 1000), arguments.Number("rows", 16));
            string repositories = Directory.CreateDirectory(Path.Combine(directory, "repositories")).FullName;
            TimeSpan span = TimeSpan.FromMilliseconds(arguments.Number("milliseconds", 4_000));

            // Code is compiled before anything is measured.
            await load.RunAsync(SnapshotAsync(data, Path.Combine(repositories, "first")));
            List<double> without = [];
            List<double> with = [];
            List<double> ratios = [];
            for (int round = 0; round < arguments.Number("rounds", 5); round++)
            {
                await PeerCommand.RunAsync(new Dictionary<string, string>(), "sync");
                double before = LatencyTable.Print($"round {round + 1}, without", await load.RunAsync(Task.Delay(span)), without);
                long started = Stopwatch.GetTimestamp();
                ratios.Add(LatencyTable.Print($"round {round + 1}, with", await load.RunAsync(SnapshotAsync(data, Path.Combine(repositories, $"{round}"))), with) / before);
                Console.WriteLine($"  snapshot at {data.SegmentBytes / 1e9 / Stopwatch.GetElapsedTime(started).TotalSeconds:0.00} GB/s");
            }

            double allWithout = LatencyTable.Print("without a snapshot", without);
            double ofAll = LatencyTable.Print("with a snapshot", with) / allWithout;
            double median = ratios.Order().ElementAt(ratios.Count / 2);
            Console.WriteLine(
                $"p99 with a snapshot is {ofAll:0.00} of that without over all appends, {median:0.00} in the median of the rounds "
                + $"({string.Join(", ", ratios.Select(r => r.ToString("0.00")))}), goal {RatioGoal:0.0}: "
                + (Math.Max(ofAll, median) <= RatioGoal ? "reached" : "missed"));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task SnapshotAsync(BackupData data, string repository)
    {
        await using SnapshotRepository snapshots = await SnapshotRepository.OpenAsync(
            await RepositoryLocation.OpenAsync(repository, () => data.Engine.IsTakingAppends), BackupScenario.Key, makes: true);
        await snapshots.CreateAsync(data.Engine);
    }
}
