using Varve.Crash.Tests.Disks;
using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Crash.Tests.Faults;

/// <summary>
/// Power cuts on real file systems: the writer is frozen under load, its file system loses its power, and is mounted again. After some of them the
/// recovery is cut off the same way, twice.
/// </summary>
public class PowerCutTests(ITestOutputHelper output)
{
    private const int DiskMebibytes = 512;
    private const int RecoveryCalls = 12;

    [MountTheory]
    [InlineData(DiskKind.Ext4)]
    [InlineData(DiskKind.Xfs)]
    public async Task Acknowledged_rows_survive_power_cuts_also_during_recovery(DiskKind kind)
    {
        int seed = TestSeed.Next(output.WriteLine);
        Random random = new(seed);
        await using ScratchDisk disk = await ScratchDisk.MakeAsync(kind, DiskMebibytes);
        WriterDirectory directory = new(Path.Combine(disk.Path, "data"));
        int acknowledged = 0;
        int cutRecoveries = 0;
        for (int cut = 0; cut < PowerCuts.Count; cut++)
        {
            List<Acknowledged> told = [];
            Dictionary<string, long> seen = [];
            int lives = 1;
            await LiveAsync(disk, directory, random, told, seen);
            if (cut % 4 == 3)
            {
                for (int again = 0; again < 2; again++, lives++)
                    cutRecoveries += await CutRecoveryAsync(disk, directory, random, told, seen) ? 1 : 0;
            }

            await directory.JudgeAsync(told, seen, lives);
            acknowledged += told.Count;
        }

        output.WriteLine(
            $"{PowerCuts.Count} power cuts and {cutRecoveries} during recoveries, {acknowledged} appends acknowledged, "
            + $"{directory.UnacknowledgedCount} found that nobody was told of");
        Assert.True(acknowledged > PowerCuts.Count, "hardly anything was written between the power cuts");
    }

    private static async Task LiveAsync(
        ScratchDisk disk, WriterDirectory directory, Random random, List<Acknowledged> told, Dictionary<string, long> seen)
    {
        using WriterProcess writer = directory.Start(random);
        await writer.FirstAcknowledgement.WaitAsync(TimeSpan.FromMinutes(1));
        await Task.Delay(random.Next(250));
        await CutAsync(disk, writer, told, seen);
    }

    /// <summary>Ends the process at one of the first calls of its recovery, and cuts the power. False where it had recovered before.</summary>
    private static async Task<bool> CutRecoveryAsync(
        ScratchDisk disk, WriterDirectory directory, Random random, List<Acknowledged> told, Dictionary<string, long> seen)
    {
        string when = $":signal=SIGKILL:when={random.Next(1, RecoveryCalls)}";
        using WriterProcess writer = directory.Start(random, Strace.Run("pwritev,fdatasync,fsync,rename,fallocate", when));
        await writer.FirstAcknowledgement.WaitAsync(TimeSpan.FromMinutes(2));
        int before = told.Count;
        await CutAsync(disk, writer, told, seen);
        return told.Count == before;
    }

    private static async Task CutAsync(ScratchDisk disk, WriterProcess writer, List<Acknowledged> told, Dictionary<string, long> seen)
    {
        writer.Freeze();
        await disk.CutPowerAsync();
        told.AddRange(await writer.KillAsync());
        foreach ((string stream, long end) in writer.Seen)
            seen[stream] = Math.Max(end, seen.GetValueOrDefault(stream));
        await disk.RestartAsync();
    }
}
