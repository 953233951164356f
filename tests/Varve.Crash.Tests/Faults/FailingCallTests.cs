using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Crash.Tests.Faults;

/// <summary>
/// A sample of the sweep over failing calls, on a real process and a real disk: a call fails, or the process ends at it. Whatever comes of it, what
/// was acknowledged is there. (The whole sweep runs on the simulated disk, in Varve.Storage.Tests.)
/// </summary>
public class FailingCallTests(ITestOutputHelper output)
{
    private static readonly string[] Calls = ["pwritev", "fdatasync", "fsync", "rename", "fallocate", "unlink"];
    private static readonly string[] Faults = [":signal=SIGKILL", ":error=EIO", ":error=ENOSPC", ":error=EDQUOT"];

    [Fact]
    public async Task Acknowledged_rows_survive_a_call_that_fails_or_ends_the_process()
    {
        int seed = TestSeed.Next(output.WriteLine);
        Random random = new(seed);
        using TempDirectory scratch = new("failing-call");
        WriterDirectory directory = new(scratch.File("data"));
        for (int round = 0; round < 10; round++)
        {
            string call = Calls[round % Calls.Length];
            string fault = $"{Faults[random.Next(Faults.Length)]}:when={random.Next(1, call is "pwritev" or "fdatasync" ? 40 : 4)}";
            using WriterProcess writer = directory.Start(random, Strace.Run(call, fault));
            await writer.FirstAcknowledgement.WaitAsync(TimeSpan.FromMinutes(2));
            await Task.Delay(random.Next(400));
            IReadOnlyList<Acknowledged> told = await writer.KillAsync();
            output.WriteLine($"{call}{fault}: {told.Count} appends acknowledged");
            await directory.JudgeAsync(told, writer.Seen);
        }
    }

    /// <summary>Every write and sync takes 20 ms: appends queue up behind one another, and none is acknowledged too soon.</summary>
    [Fact]
    public async Task Acknowledged_rows_survive_kill_9_on_a_slow_disk()
    {
        int seed = TestSeed.Next(output.WriteLine);
        Random random = new(seed);
        using TempDirectory scratch = new("slow-disk");
        WriterDirectory directory = new(scratch.File("data"));
        for (int round = 0; round < 3; round++)
        {
            using WriterProcess writer = directory.Start(random, Strace.Run("pwritev,fdatasync", ":delay_enter=20000"));
            await writer.FirstAcknowledgement.WaitAsync(TimeSpan.FromMinutes(2));
            await Task.Delay(random.Next(800));
            IReadOnlyList<Acknowledged> told = await writer.KillAsync();
            output.WriteLine($"{told.Count} appends acknowledged");
            await directory.JudgeAsync(told, writer.Seen);
        }
    }
}
