using Varve.Storage.FileSystem;
using Varve.Storage.Tests.FileSystem;
using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Storage.Tests.Producers;

/// <summary>Producers on a simulated disk: failing operations and power cuts at every moment, judged by <see cref="ProducerLedger"/>.</summary>
public class ProducerCrashTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Any_operation_that_fails_leaves_every_append_once()
    {
        int seed = TestSeed.Next(output.WriteLine);
        int at = 1;
        for (bool struck = true; struck; at += 1 + (at / 20))
        {
            FaultyFileSystem disk = new() { Fault = new Fault(at, Errno.InputOutput, ForEver: at % 2 == 0) };
            ProducerLedger ledger = new();
            await ledger.LiveAsync(disk, new Random(seed), 20);
            struck = disk.Fault.Struck;
            disk = at % 4 == 0 ? disk.AfterKill() : disk.AfterPowerCut(new Random(seed + at));
            await ledger.JudgeAsync(disk);
            Assert.Null(await ledger.LiveAsync(disk, new Random(seed + at), 5));
            await ledger.JudgeAsync(disk);
        }

        output.WriteLine($"{at} operations");
    }

    [Fact]
    public async Task Power_cuts_at_any_moment_leave_every_append_once()
    {
        int seed = TestSeed.Next(output.WriteLine);
        for (int run = 0; run < 10; run++)
        {
            Random random = new(seed + run);
            ProducerLedger ledger = new();
            FaultyFileSystem disk = new();
            for (int life = 0; life < 12; life++)
            {
                disk.CutAt = disk.Operations + random.Next(1, 200);
                StorageException? end = await ledger.LiveAsync(disk, random, 30);
                if (end is not null && !disk.IsCut)
                    throw end;
                disk = random.Next(4) == 0 ? disk.AfterKill() : disk.AfterPowerCut(random);
                await ledger.JudgeAsync(disk);
            }
        }
    }
}
