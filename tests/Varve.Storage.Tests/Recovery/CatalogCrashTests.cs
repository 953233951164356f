using Varve.Storage.FileSystem;
using Varve.Storage.Tests.FileSystem;
using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Storage.Tests.Recovery;

/// <summary>
/// Seals, replacements, trims, checkpoints and truncations on a simulated disk, with restarts, failing operations and power cuts, judged by
/// <see cref="CatalogLedger"/>.
/// </summary>
public class CatalogCrashTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(1 << 30)]
    [InlineData(10_000)]
    public async Task Whatever_is_changed_is_there_after_a_restart(long checkpointLogBytes)
    {
        int seed = TestSeed.Next(output.WriteLine);
        for (int run = 0; run < 4; run++)
        {
            Random random = new(seed + run);
            CatalogLedger ledger = new(o => o with { CheckpointLogBytes = checkpointLogBytes });
            FaultyFileSystem disk = new();
            for (int life = 0; life < 8; life++)
                Assert.Null(await ledger.LiveAsync(disk, random, random.Next(60)));
        }
    }

    [Fact]
    public async Task A_power_cut_at_any_operation_leaves_all_that_was_acknowledged()
    {
        int seed = TestSeed.Next(output.WriteLine);
        for (int run = 0; run < 12; run++)
            await CrashManyTimesAsync(new Random(seed + run), _ => { });
    }

    [Fact]
    public async Task Any_operation_that_fails_leaves_all_that_was_acknowledged()
    {
        int seed = TestSeed.Next(output.WriteLine);
        int at = 1;
        for (bool struck = true; struck; at += 1 + (at / 25))
        {
            FaultyFileSystem disk = new();
            Random random = new(seed);
            CatalogLedger ledger = new(o => o with { CheckpointLogBytes = 1 << 30 });
            Assert.Null(await ledger.LiveAsync(disk, random, 25));
            disk.Fault = new Fault(disk.Operations + at, at % 3 == 0 ? Errno.NoSpace : Errno.InputOutput, ForEver: at % 2 == 0);
            await ledger.LiveAsync(disk, random, 30);
            struck = disk.Fault.Struck;
            disk.Fault = null;
            disk = at % 4 == 0 ? disk.AfterKill() : disk.AfterPowerCut(new Random(seed + at));
            Assert.Null(await ledger.LiveAsync(disk, random, 5));
            Assert.Null(await ledger.LiveAsync(disk, random, 0));
        }

        output.WriteLine($"{at} operations");
    }

    [Fact]
    public async Task A_disk_that_lies_about_syncs_is_found_out_by_the_checker()
    {
        await CrashLives.FindOutLiesAsync(
            TestSeed.Next(output.WriteLine), output.WriteLine, e => e is CatalogLedgerException, CrashManyTimesAsync);
    }

    private static async Task CrashManyTimesAsync(Random random, Action<FaultyFileSystem> plant)
    {
        CatalogLedger ledger = new(o => o with { CheckpointLogBytes = random.Next(2) == 0 ? 1 << 30 : 5_000 });
        FaultyFileSystem disk = await new CrashLives(lifeCount: 15, operationsMax: 300, stepCount: 40).RunAsync(random, plant, ledger.LiveAsync);
        if (await ledger.LiveAsync(disk, random, 5) is { } failed)
            throw failed;
    }
}
