using System.Diagnostics;
using System.Globalization;
using Varve.Client;
using Varve.Protocol.V1;
using Varve.Testing;
using Varve.Testing.Processes;
using Xunit.Abstractions;

namespace Varve.Crash.Tests.Faults;

/// <summary>A sync of the real daemon that fails once with EIO, and would "succeed" if it were tried again.</summary>
public class FailedSyncTests(ITestOutputHelper output)
{
    [Fact]
    public async Task A_sync_that_fails_once_is_final_and_loses_no_acknowledged_row()
    {
        int seed = TestSeed.Next(output.WriteLine);
        using TempDirectory scratch = new("failed-sync");
        CrashCheck check = new(LoadedDaemon.Stream);
        IReadOnlyList<Acknowledged> told;
        await using (VarveDaemon daemon = await VarveDaemon.StartAsync(scratch.File("data")))
        {
            using LoadedDaemon load = new(daemon);
            await load.CreateAsync();
            using (Process strace = await AttachAsync(daemon.ProcessId, "fdatasync", $":error=EIO:when={new Random(seed).Next(2, 60)}"))
            {
                VarveException[] refused = await load.AppendUntilRefusedAsync(firstBatch: 0, rows: 3, payloadBytes: 100);
                Assert.All(refused, e => Assert.Equal(ErrorCode.NodeStopped, e.Code));
                strace.Kill();
                await strace.WaitForExitAsync();
            }

            // The disk is well again, and nobody may rely on what it says of the bytes before.
            VarveException[] later = await load.AppendUntilRefusedAsync(firstBatch: 1_000, rows: 3, payloadBytes: 100);
            Assert.All(later, e => Assert.Equal(ErrorCode.NodeStopped, e.Code));
            (string state, string? reason, int exitCode) = await load.StatusAsync();
            Assert.Equal(("stopped", 1), (state, exitCode));
            Assert.Contains("fdatasync", reason, StringComparison.Ordinal);
            Assert.Equal(503, (await load.GetAsync("/health/ready")).Status);
            Assert.Equal(200, (await load.GetAsync("/health/live")).Status);
            told = load.Told;
            check.Judge(await load.ReadAsync(), told, writerCount: 0);
            await daemon.KillAsync();
        }

        await using VarveDaemon again = await VarveDaemon.StartAsync(scratch.File("data"));
        using LoadedDaemon last = new(again);
        check.Judge(await last.ReadAsync(), told, LoadedDaemon.WriterCount);
        await last.AppendWhenTakenAsync(2_000);
        check.Judge(await last.ReadAsync(), last.Told, writerCount: 0);
        Assert.NotEmpty(told);
    }

    /// <summary>Completes when every thread of the process is watched.</summary>
    private static async Task<Process> AttachAsync(int processId, string calls, string fault)
    {
        string[] arguments = [.. Strace.Run(calls, fault).Skip(1).Where(word => word != "-qq"), "-p", processId.ToString(CultureInfo.InvariantCulture)];
        Process strace = Process.Start(new ProcessStartInfo("strace", arguments) { RedirectStandardError = true })!;
        string? line = await strace.StandardError.ReadLineAsync().WaitAsync(TimeSpan.FromMinutes(1));
        Assert.Contains("attached", line, StringComparison.Ordinal);
        _ = strace.StandardError.ReadToEndAsync();
        return strace;
    }
}
