using Varve.Storage.Tests.FileSystem;

namespace Varve.Storage.Tests.Recovery;

/// <summary>Lives of an engine on one disk, each of which ends with a power cut or a kill at a random operation. One thread.</summary>
/// <param name="lifeCount">How many.</param>
/// <param name="operationsMax">The power is cut before so many operations of a life.</param>
/// <param name="stepCount">What an engine does in a life that is not cut off.</param>
internal sealed class CrashLives(int lifeCount, int operationsMax, int stepCount)
{
    /// <summary>Opens, judges and works. Returns what ended it: null, or the failure after which it has to be opened again.</summary>
    public delegate Task<StorageException?> Live(FaultyFileSystem disk, Random random, int stepCount);

    /// <summary>Returns what is on the disk in the end. A failure before a power cut is thrown.</summary>
    /// <param name="random">Decides on everything.</param>
    /// <param name="plant">Does something to the disk of each life, for checks of the checker.</param>
    /// <param name="live">A life.</param>
    public async Task<FaultyFileSystem> RunAsync(Random random, Action<FaultyFileSystem> plant, Live live)
    {
        FaultyFileSystem disk = new();
        for (int life = 0; life < lifeCount; life++)
        {
            plant(disk);
            disk.CutAt = disk.Operations + random.Next(1, operationsMax);
            StorageException? end = await live(disk, random, stepCount);
            if (end is not null && !disk.IsCut)
                throw end;
            disk = random.Next(4) == 0 ? disk.AfterKill() : disk.AfterPowerCut(random);
        }

        return disk;
    }

    /// <summary>Runs until the checker finds out that the disk lies about syncs; fails where it never does.</summary>
    /// <param name="seed">Of the first run.</param>
    /// <param name="print">Is told of what was found.</param>
    /// <param name="isFinding">Whether an exception is the checker's.</param>
    /// <param name="run">Runs once, with what is to be planted.</param>
    public static async Task FindOutLiesAsync(
        int seed, Action<string> print, Func<Exception, bool> isFinding, Func<Random, Action<FaultyFileSystem>, Task> run)
    {
        for (int i = 0; i < 50; i++)
        {
            try
            {
                await run(new Random(seed + i), disk => disk.LiesAboutSyncs = true);
            }
            catch (Exception e) when (isFinding(e) || e is StorageException)
            {
                print($"found out in run {i}: {e.Message}");
                return;
            }
        }

        Assert.Fail("not found out");
    }
}
