using System.Diagnostics;
using Varve.Client;
using Varve.Protocol.V1;
using Varve.Testing;
using Varve.Testing.Processes;
using Xunit.Abstractions;

namespace Varve.Crash.Tests.Backups;

/// <summary>
/// Real processes, killed (kill -9) in the middle of a snapshot and of shipping the log, of a restore, of a drill and of a pruning: the
/// repository is whole each time, and whatever comes next goes on at once, whatever lock the killed one left.
/// </summary>
public sealed class KilledBackupTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, int> _cutOff = [];

    [Fact]
    public async Task What_is_killed_leaves_nothing_half_and_the_next_run_goes_on()
    {
        Random random = new(TestSeed.Next(output.WriteLine));
        using BackedUpNode node = new(random);
        for (int round = 0; round < KillRounds.OfBackups; round++)
        {
            long rowsMin = await KillSnapshotAsync(node, random);
            await node.VerifyAsync("behind a killed snapshot");
            await KillRestoreAsync(node, rowsMin, random);
            await KillDrillAsync(node, random);
            await KillPruneAsync(node, random);
            await node.VerifyAsync("behind a killed pruning");

            // Every other time it is the daemon that comes next.
            if (round % 2 == 0)
                (await VarveProgram.RunAsync(["snapshot", "prune", "--keep", "1d", .. node.Access])).Successful();
            await node.RestoreAsync(node.NewDirectory(), rowsMin, "behind all");
        }

        output.WriteLine($"{KillRounds.OfBackups} rounds; in the middle were {string.Join(", ", _cutOff.Select(c => $"{c.Value} of {c.Key}"))}");
    }

    /// <summary>Returns how many rows a restore has to have from then on.</summary>
    private async Task<long> KillSnapshotAsync(BackedUpNode node, Random random)
    {
        await using VarveDaemon daemon = await node.StartAsync();
        using VarveClient client = BackedUpNode.Connect(daemon);
        await node.AppendAsync(client, 5);
        long rowsMin = node.Acknowledged;
        CreatedSnapshot whole = await client.CreateSnapshotAsync();
        Assert.Empty(whole.Problems);
        await node.AppendAsync(client, 10);
        Task writing = node.AppendUntilKilledAsync(client);
        TaskCompletionSource began = new();
        Task<CreatedSnapshot> cutOff = client.CreateSnapshotAsync("", BackedUpNode.LimitBytesPerSecond, _ => began.TrySetResult());
        await Task.WhenAny(began.Task, cutOff);
        await Task.WhenAny(cutOff, Task.Delay(random.Next(300)));
        await daemon.KillAsync();
        await writing;
        try
        {
            await cutOff;
        }
        catch (VarveException)
        {
            Count("snapshots");
        }

        return rowsMin;
    }

    private async Task KillRestoreAsync(BackedUpNode node, long rowsMin, Random random)
    {
        string directory = node.NewDirectory();
        string aside = directory + ".restoring";
        await RunAndKillAsync(
            ["snapshot", "restore", "--to", directory, "--limit", BackedUpNode.Limit, .. node.Access], () => Directory.Exists(aside), random.Next(400));
        if (!Directory.Exists(directory))
        {
            Count("restores");
            InvalidOperationException refused = await Assert.ThrowsAsync<InvalidOperationException>(() => VarveDaemon.StartAsync(aside));
            Assert.Contains($"a restore to {directory} was cut off", refused.Message, StringComparison.Ordinal);
            await node.RestoreAsync(directory, rowsMin, "a restore that was killed, again");
            Assert.False(Directory.Exists(aside));
        }

        await node.CheckAsync(directory, rowsMin, "a restore that was killed");
    }

    private async Task KillDrillAsync(BackedUpNode node, Random random)
    {
        string scratch = Directory.CreateDirectory(node.NewDirectory()).FullName;
        string[] drill = ["snapshot", "drill", "--scratch", scratch, .. node.Access];
        await RunAndKillAsync(drill, () => Directory.EnumerateFileSystemEntries(scratch).Any(), random.Next(100));
        if (Directory.EnumerateFileSystemEntries(scratch).Any())
            Count("drills");
        (await VarveProgram.RunAsync(drill)).Successful();
        Assert.Empty(Directory.EnumerateFileSystemEntries(scratch));
    }

    private async Task KillPruneAsync(BackedUpNode node, Random random)
    {
        string locks = Path.Combine(node.Repository, "locks");
        int before = Objects(node);
        await RunAndKillAsync(
            ["snapshot", "prune", "--keep", "1d", .. node.Access],
            () => Directory.EnumerateFiles(locks, "remove-*").Any(f => !Path.GetFileName(f).Contains('.', StringComparison.Ordinal)),
            random.Next(120));
        if (Directory.EnumerateFiles(locks, "remove-*").Any())
            Count(Objects(node) == before ? "prunings before they took anything" : "prunings");
    }

    private static int Objects(BackedUpNode node) =>
        Directory.EnumerateFiles(node.Repository, "*", SearchOption.AllDirectories).Count(f => !f.Contains("/locks/", StringComparison.Ordinal));

    private void Count(string what) => _cutOff[what] = _cutOff.GetValueOrDefault(what) + 1;

    /// <summary>Starts a command, waits until it is at work, or through, and ends it some milliseconds later.</summary>
    private static async Task RunAndKillAsync(IEnumerable<string> arguments, Func<bool> isAtWork, int milliseconds)
    {
        using Process process = VarveProgram.Start(arguments);
        Task<string> said = process.StandardError.ReadToEndAsync();
        Task ended = process.WaitForExitAsync();
        for (long began = TimeProvider.System.GetTimestamp(); !process.HasExited && !isAtWork(); await Task.Delay(1))
            Assert.True(TimeProvider.System.GetElapsedTime(began) < Patience, "the command does not begin");
        await Task.WhenAny(ended, Task.Delay(milliseconds));
        bool isThrough = process.HasExited;
        process.Kill();
        await ended;
        Assert.True(!isThrough || process.ExitCode == 0, await said);
    }
}
