using Varve.Storage.FileSystem;
using Varve.Storage.Tests.FileSystem;
using Varve.Storage.Tests.Recovery;
using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Storage.Tests.Keys;

/// <summary>
/// Streams made, appended to, rotated and dropped on a disk that fails or loses power at every moment, judged by <see cref="KeyLedger"/>.
/// </summary>
public class KeyCrashTests(ITestOutputHelper output)
{
    [Fact]
    public async Task A_power_cut_at_any_operation_leaves_every_acknowledged_row_readable_and_every_dropped_key_erased()
    {
        int seed = TestSeed.Next(output.WriteLine);
        int retired = 0;

        // Few lives are long enough for a version to go: ten runs had none one time in fifteen.
        for (int run = 0; run < 10 || (retired == 0 && run < 200); run++)
            retired += await CrashManyTimesAsync(new Random(seed + run), _ => { });
        output.WriteLine($"{retired} older versions of keys went");
        Assert.NotEqual(0, retired);
    }

    [Fact]
    public async Task Any_operation_that_fails_leaves_every_acknowledged_row_readable_and_every_dropped_key_erased()
    {
        int seed = TestSeed.Next(output.WriteLine);
        int at = 1;
        for (bool struck = true; struck; at += 1 + (at / 15))
        {
            Random random = new(seed + at);
            FaultyFileSystem disk = new() { Fault = new Fault(at, at % 3 == 0 ? Errno.NoSpace : Errno.InputOutput, ForEver: at % 2 == 0) };
            KeyLedger ledger = new();
            await ledger.LiveAsync(disk, random, 25);
            struck = disk.Fault.Struck;
            disk.Fault = null;
            await ledger.JudgeAsync(at % 4 == 0 ? disk.AfterKill() : disk.AfterPowerCut(random));
        }

        output.WriteLine($"{at} operations");
    }

    [Fact]
    public async Task A_disk_that_lies_about_syncs_is_found_out_by_the_checker()
    {
        await CrashLives.FindOutLiesAsync(
            TestSeed.Next(output.WriteLine), output.WriteLine, e => e is Xunit.Sdk.XunitException, CrashManyTimesAsync);
    }

    /// <summary>Returns how many older versions of keys went.</summary>
    private static async Task<int> CrashManyTimesAsync(Random random, Action<FaultyFileSystem> plant)
    {
        KeyLedger ledger = new();
        FaultyFileSystem disk = await new CrashLives(lifeCount: 12, operationsMax: 150, stepCount: 25).RunAsync(random, plant, ledger.LiveAsync);
        await ledger.JudgeAsync(disk);
        return ledger.RetiredCount;
    }
}
