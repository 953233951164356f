using Varve.Client;
using Varve.Crash.Tests.Disks;
using Varve.Protocol.V1;
using Varve.Testing.Processes;

namespace Varve.Crash.Tests.Faults;

/// <summary>A disk that becomes full under load, on real file systems: nothing is lost, reads go on, and appends go on when there is room.</summary>
public class FullDiskTests
{
    private const int DiskMebibytes = 320;

    [MountTheory]
    [InlineData(DiskKind.Tmpfs)]
    [InlineData(DiskKind.Ext4)]
    [InlineData(DiskKind.Xfs)]
    public async Task A_full_disk_refuses_appends_loses_nothing_and_is_over_without_a_restart(DiskKind kind)
    {
        await using ScratchDisk disk = await ScratchDisk.MakeAsync(kind, DiskMebibytes);
        CrashCheck check = new(LoadedDaemon.Stream);
        string data = Path.Combine(disk.Path, "data");
        await using (VarveDaemon daemon = await VarveDaemon.StartAsync(data))
        {
            using LoadedDaemon load = new(daemon);
            await load.CreateAsync();
            Task<VarveException[]> appends = load.AppendUntilRefusedAsync(firstBatch: 0, rows: 20, payloadBytes: 2_000);
            disk.Fill();
            Assert.All(await appends, refused => Assert.Equal(ErrorCode.DiskFull, refused.Code));
            await AssertFullAsync(load);
            check.Judge(await load.ReadAsync(), load.Told, writerCount: 0);

            disk.MakeRoom();
            await load.AppendWhenTakenAsync(1_000_000);
            Assert.Equal("accepting", (await load.StatusAsync()).State);
            Assert.Equal(200, (await load.GetAsync("/health/ready")).Status);
            check.Judge(await load.ReadAsync(), load.Told, writerCount: 0);

            appends = load.AppendUntilRefusedAsync(firstBatch: 2_000_000, rows: 20, payloadBytes: 2_000);
            disk.Fill();
            await appends;
            await daemon.KillAsync();
            await JudgeOnFullDiskAsync(data, check, load.Told);
        }

        disk.MakeRoom();
        await using VarveDaemon again = await VarveDaemon.StartAsync(data);
        using LoadedDaemon last = new(again);
        await last.AppendWhenTakenAsync(3_000_000);
        check.Judge(await last.ReadAsync(), last.Told, writerCount: 0);
    }

    private static async Task JudgeOnFullDiskAsync(string data, CrashCheck check, IReadOnlyList<Acknowledged> told)
    {
        await using VarveDaemon daemon = await VarveDaemon.StartAsync(data);
        using LoadedDaemon load = new(daemon);
        check.Judge(await load.ReadAsync(), told, LoadedDaemon.WriterCount);
        VarveException[] refused = await load.AppendUntilRefusedAsync(firstBatch: 2_500_000, rows: 20, payloadBytes: 2_000);
        Assert.All(refused, e => Assert.Equal(ErrorCode.DiskFull, e.Code));
        await AssertFullAsync(load);
        check.Judge(await load.ReadAsync(), load.Told, writerCount: 0);
    }

    private static async Task AssertFullAsync(LoadedDaemon load)
    {
        (string state, string? reason, int exitCode) = await load.StatusAsync();
        Assert.Equal(("disk_full", 1), (state, exitCode));
        Assert.Contains("errno 28", reason, StringComparison.Ordinal);
        (int ready, string why) = await load.GetAsync("/health/ready");
        Assert.Equal(503, ready);
        Assert.Contains("the disk is full", why, StringComparison.Ordinal);
        Assert.Equal(200, (await load.GetAsync("/health/live")).Status);
        Assert.Contains("state=\"disk_full\"} 1", (await load.GetAsync("/metrics")).Text, StringComparison.Ordinal);
    }
}
