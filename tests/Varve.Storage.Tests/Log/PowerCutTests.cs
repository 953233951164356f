using Varve.Storage.Log;
using Varve.Storage.Tests.FileSystem;
using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Storage.Tests.Log;

public sealed class PowerCutTests(ITestOutputHelper output)
{
    private const int Errno5 = 5;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_power_cut_at_any_operation_loses_nothing_acknowledged(bool truncates)
    {
        int seed = TestSeed.Next(output.WriteLine);
        for (long cutAt = 1; ; cutAt++)
        {
            var random = new Random(seed);
            var ledger = new Ledger(truncates: truncates);
            var fileSystem = new FaultyFileSystem { CutAt = cutAt };
            for (int life = 0; life < 3 && !fileSystem.IsCut; life++)
                await ledger.LiveAsync(fileSystem, random, 12);
            if (!fileSystem.IsCut)
            {
                output.WriteLine($"{cutAt - 1} operations");
                return;
            }

            // What survives is up to chance, so the same cut is survived several times over, each with a second cut after the recovery.
            FaultyFileSystem disk = fileSystem.AfterPowerCut(new Random(seed + (int)cutAt));
            await AssertAliveAsync(ledger, disk, random);
            await AssertAliveAsync(ledger, disk.AfterPowerCut(random), random);
        }
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1 << 20, false)]
    [InlineData(0, true)]
    [InlineData(1 << 20, true)]
    public async Task Many_crashes_in_a_row_lose_nothing_acknowledged(long zeroAheadBytes, bool truncates)
    {
        int seed = TestSeed.Next(output.WriteLine);
        for (int run = 0; run < 15; run++)
            await CrashManyTimesAsync(new Ledger(zeroAheadBytes, truncates), new Random(seed + run), (_, _) => { });
    }

    [Fact]
    public async Task Large_entries_survive_crashes_too()
    {
        int seed = TestSeed.Next(output.WriteLine);
        var ledger = new Ledger(
            fileSystem => new DurableLogOptions
            {
                Directory = LogTesting.InMemory,
                FileSystem = fileSystem,
                PageBytes = 1 << 20,
                MemoryBytes = 4 << 20,
                SegmentBytes = 4 << 20,
                ZeroAheadBytes = 0,
            },
            largestBytes: 1_000_000);
        await CrashManyTimesAsync(ledger, new Random(seed), (_, _) => { });
    }

    [Fact]
    public async Task Entries_that_a_restart_found_after_a_failed_sync_survive_a_power_cut()
    {
        int seed = TestSeed.Next(output.WriteLine);
        var random = new Random(seed);
        for (int at = 1; at < 30; at++)
        {
            var ledger = new Ledger();
            var fileSystem = new FaultyFileSystem { Fault = new Fault(at, Errno5, ForEver: false, "fdatasync") };
            await ledger.LiveAsync(fileSystem, random, 40);
            // The page cache still has the entries whose sync failed. The restarted log replays them, so from then on they must last.
            FaultyFileSystem restarted = fileSystem.AfterKill();
            await (await ledger.OpenAsync(restarted)).DisposeAsync();
            await AssertAliveAsync(ledger, restarted.AfterPowerCut(random), random);
        }
    }

    [Fact]
    public async Task Files_that_a_restart_found_after_a_failed_sync_survive_a_power_cut()
    {
        int seed = TestSeed.Next(output.WriteLine);
        for (int at = 1; at < 20; at++)
        {
            var random = new Random(seed);
            var ledger = new Ledger();
            var fileSystem = new FaultyFileSystem { Fault = new Fault(at, Errno5, ForEver: true, "fsync") };
            await ledger.LiveAsync(fileSystem, random, 40);
            // The process that is started next finds the files that the last one made, but whose names it could not sync.
            FaultyFileSystem restarted = fileSystem.AfterKill();
            DurableLog log = await ledger.OpenAsync(restarted);
            // Large enough to go on in the newest file, too few to make another.
            for (int i = 0; i < 3; i++)
                ledger.Enqueue(log, 3500);
            await ledger.CommitAsync(log);
            await log.DisposeAsync();
            await (await ledger.OpenAsync(restarted.AfterPowerCut(random: null))).DisposeAsync();
        }
    }

    [Fact]
    public async Task A_disk_that_lies_about_syncs_is_found_out_by_the_checker()
    {
        int seed = TestSeed.Next(output.WriteLine);
        await AssertFoundOutAsync(seed, (fileSystem, _) => fileSystem.LiesAboutSyncs = true);
    }

    [Fact]
    public async Task A_sync_error_that_is_swallowed_is_found_out_by_the_checker()
    {
        int seed = TestSeed.Next(output.WriteLine);
        await AssertFoundOutAsync(seed, (fileSystem, random) =>
        {
            fileSystem.SwallowsSyncErrors = true;
            fileSystem.Fault = new Fault(random.Next(3, 20), Errno5, ForEver: false, "fdatasync");
        });
    }

    private async Task AssertFoundOutAsync(int seed, Action<FaultyFileSystem, Random> plant)
    {
        for (int run = 0; run < 50; run++)
        {
            try
            {
                await CrashManyTimesAsync(new Ledger(), new Random(seed + run), plant);
            }
            catch (Exception e) when (e is LedgerException or StorageException)
            {
                output.WriteLine($"found out in run {run}: {e.Message}");
                return;
            }
        }

        Assert.Fail("not found out");
    }

    /// <summary>Lives on one disk, each ended by a power cut or a kill at any moment, recovery included.</summary>
    private static async Task CrashManyTimesAsync(Ledger ledger, Random random, Action<FaultyFileSystem, Random> plant)
    {
        var fileSystem = new FaultyFileSystem();
        for (int life = 0; life < 25; life++)
        {
            plant(fileSystem, random);
            fileSystem.CutAt = fileSystem.Operations + random.Next(1, 150);
            StorageException? end = await ledger.LiveAsync(fileSystem, random, random.Next(30));
            if (end is not null && !fileSystem.IsCut)
                throw end;
            fileSystem = random.Next(4) == 0 ? fileSystem.AfterKill() : fileSystem.AfterPowerCut(random);
        }

        await AssertAliveAsync(ledger, fileSystem, random);
    }

    /// <summary>The log opens with everything it must have, takes entries, and has them after it was closed.</summary>
    private static async Task AssertAliveAsync(Ledger ledger, FaultyFileSystem disk, Random random)
    {
        DurableLog log = await ledger.OpenAsync(disk);
        await ledger.LoadAsync(log, random, 10);
        await log.DisposeAsync();
        await (await ledger.OpenAsync(disk)).DisposeAsync();
    }
}
