using Varve.Storage.FileSystem;
using Varve.Storage.Tests.FileSystem;
using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Storage.Tests.Recovery;

/// <summary>The engine on a simulated disk: failing operations, kills and power cuts at every moment, judged by <see cref="RowLedger"/>.</summary>
public class EngineCrashTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Any_operation_that_fails_loses_nothing_acknowledged_and_tears_no_batch(bool seals)
    {
        int seed = TestSeed.Next(output.WriteLine);
        int at = 1;
        for (bool struck = true; struck; at += 1 + (at / 20))
        {
            FaultyFileSystem disk = new() { Fault = new Fault(at, at % 3 == 0 ? Errno.NoSpace : Errno.InputOutput, ForEver: at % 2 == 0) };
            RowLedger ledger = new(seals);
            await ledger.LiveAsync(disk, new Random(seed), 12);
            struck = disk.Fault.Struck;
            disk.Fault = null;
            await ledger.JudgeAsync(at % 4 == 0 ? disk.AfterKill() : disk.AfterPowerCut(new Random(seed + at)));
        }

        output.WriteLine($"{at} operations");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_power_cut_at_any_operation_loses_nothing_acknowledged_and_tears_no_batch(bool seals)
    {
        int seed = TestSeed.Next(output.WriteLine);
        for (int run = 0; run < 12; run++)
            await CrashManyTimesAsync(new Random(seed + run), _ => { }, seals);
    }

    [Fact]
    public async Task A_disk_that_lies_about_syncs_is_found_out_by_the_checker()
    {
        int seed = TestSeed.Next(output.WriteLine);
        for (int run = 0; run < 50; run++)
        {
            try
            {
                await CrashManyTimesAsync(new Random(seed + run), disk => disk.LiesAboutSyncs = true);
            }
            catch (Exception e) when (e is RowLedgerException or StorageException)
            {
                output.WriteLine($"found out in run {run}: {e.Message}");
                return;
            }
        }

        Assert.Fail("not found out");
    }

    private static async Task CrashManyTimesAsync(Random random, Action<FaultyFileSystem> plant, bool seals = false)
    {
        RowLedger ledger = new(seals);
        FaultyFileSystem disk = new();
        for (int life = 0; life < 12; life++)
        {
            plant(disk);
            disk.CutAt = disk.Operations + random.Next(1, seals ? 500 : 120);
            StorageException? end = await ledger.LiveAsync(disk, random, 15);
            if (end is not null && !disk.IsCut)
                throw end;
            disk = random.Next(4) == 0 ? disk.AfterKill() : disk.AfterPowerCut(random);
        }

        await ledger.JudgeAsync(disk);
    }
}
