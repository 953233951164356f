using Varve.Storage.FileSystem;
using Varve.Storage.Tests.FileSystem;
using Varve.Storage.Tests.Recovery;
using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Storage.Tests.Consumers;

/// <summary>Consumers on a simulated disk: failing operations and power cuts at every moment, judged by <see cref="ConsumerLedger"/>.</summary>
public class ConsumerCrashTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Any_operation_that_fails_leaves_progress_right()
    {
        int seed = TestSeed.Next(output.WriteLine);
        int at = 1;
        for (bool struck = true; struck; at += 1 + (at / 20))
        {
            FaultyFileSystem disk = new() { Fault = new Fault(at, Errno.InputOutput, ForEver: at % 2 == 0) };
            ConsumerLedger ledger = new();
            await ledger.LiveAsync(disk, new Random(seed), 40);
            struck = disk.Fault.Struck;
            disk = at % 4 == 0 ? disk.AfterKill() : disk.AfterPowerCut(new Random(seed + at));
            await ledger.JudgeAsync(disk);
            Assert.Null(await ledger.LiveAsync(disk, new Random(seed + at), 10));
            await ledger.JudgeAsync(disk);
        }

        output.WriteLine($"{at} operations");
    }

    [Fact]
    public async Task Power_cuts_at_any_moment_leave_progress_right()
    {
        int seed = TestSeed.Next(output.WriteLine);
        for (int run = 0; run < 10; run++)
            await CrashManyTimesAsync(new Random(seed + run), isLying: false);
    }

    [Fact]
    public async Task A_disk_that_lies_about_syncs_is_found_out_by_the_checker()
    {
        int seed = TestSeed.Next(output.WriteLine);
        for (int run = 0; run < 50; run++)
        {
            try
            {
                await CrashManyTimesAsync(new Random(seed + run), isLying: true);
            }
            catch (Exception e) when (e is RowLedgerException or StorageException)
            {
                output.WriteLine($"found out in run {run}: {e.Message}");
                return;
            }
        }

        Assert.Fail("nothing was found out in 50 runs");
    }

    private static async Task CrashManyTimesAsync(Random random, bool isLying)
    {
        ConsumerLedger ledger = new();
        FaultyFileSystem disk = new();
        for (int life = 0; life < 12; life++)
        {
            disk.LiesAboutSyncs = isLying;
            disk.CutAt = disk.Operations + random.Next(1, 200);
            StorageException? end = await ledger.LiveAsync(disk, random, 50);
            if (end is not null && !disk.IsCut)
                throw end;
            disk = random.Next(4) == 0 ? disk.AfterKill() : disk.AfterPowerCut(random);
            await ledger.JudgeAsync(disk);
        }
    }
}
