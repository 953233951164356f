using Varve.Storage.Tests.FileSystem;
using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Storage.Tests.Faults;

/// <summary>The power is cut, and cut again while the node recovers from that, at every call of the recovery, and once more at a later one.</summary>
public class RecoveryCutTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Two_power_cuts_during_recovery_lose_nothing()
    {
        int seed = TestSeed.Next(output.WriteLine);
        Random random = new(seed);
        int cuts = 0;
        for (int round = 0; round < 4; round++)
        {
            (FaultyFileSystem left, int acknowledged, int tried) = await CrashAsync(random);
            bool struck = true;
            for (int at = 1; struck; at++)
            {
                FaultyFileSystem disk = left.Copy();
                for (int cut = 0; cut < 2; cut++)
                {
                    disk.CutAt = disk.Operations + (cut == 0 ? at : random.Next(1, at + 5));
                    bool cutOff = await OpenAndCloseAsync(disk);
                    struck = cut == 0 ? cutOff : struck;
                    cuts += cutOff ? 1 : 0;
                    disk = disk.AfterPowerCut(random);
                }

                await using StorageEngine engine = await StorageEngine.OpenAsync(SimulatedOptions.On(disk));
                long[] numbers = engine.OpenView("s").Numbers();
                Assert.True(
                    numbers.Length >= acknowledged && numbers.Length <= tried && numbers.SequenceEqual(Enumerable.Range(0, numbers.Length).Select(n => (long)n)),
                    $"round {round}, cut at call {at}: {numbers.Length} rows, {acknowledged} were acknowledged");
            }
        }

        output.WriteLine($"{cuts} power cuts in recoveries");
    }

    /// <summary>A disk on which the power was cut under load, a batch in parts among what was not acknowledged.</summary>
    private static async Task<(FaultyFileSystem Disk, int Acknowledged, int Tried)> CrashAsync(Random random)
    {
        FaultyFileSystem disk = new();
        StorageEngine engine = await StorageEngine.OpenAsync(SimulatedOptions.On(disk) with { SealRows = 300, Compacts = false });
        await engine.CreateStreamAsync("s", Rows.Schema);
        disk.CutAt = disk.Operations + random.Next(200, 400);
        int acknowledged = 0;
        int tried = 0;
        try
        {
            while (true)
            {
                int count = random.Next(5) == 0 ? 600 : random.Next(1, 30);
                tried += count;
                await engine.AppendAsync("s", Rows.Range(acknowledged, count));
                acknowledged = tried;
            }
        }
        catch (StorageException)
        {
            await engine.DisposeAsync();
        }

        return (disk.AfterPowerCut(random), acknowledged, tried);
    }

    /// <summary>Whether the power was cut meanwhile.</summary>
    private static async Task<bool> OpenAndCloseAsync(FaultyFileSystem disk)
    {
        try
        {
            await using StorageEngine engine = await StorageEngine.OpenAsync(SimulatedOptions.On(disk));
        }
        catch (StorageException) when (disk.IsCut)
        {
            return true;
        }

        return disk.IsCut;
    }
}
