using Varve.Storage.FileSystem;
using Varve.Storage.Log;
using Varve.Storage.Tests.FileSystem;
using Varve.Storage.Tests.Recovery;
using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Storage.Tests.Faults;

/// <summary>Each checker of the fault tests finds the bug that it is there to find, planted below the engine or into what it left.</summary>
public class PlantedBugTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("an acknowledgement before the sync")]
    [InlineData("a missing sync of a directory")]
    [InlineData("a swallowed error of a sync")]
    public async Task A_bug_in_syncing_is_found_out(string bug)
    {
        int seed = TestSeed.Next(output.WriteLine);
        for (int run = 0; run < 100; run++)
        {
            Random random = new(seed + run);
            FaultyFileSystem disk = new();
            RowLedger ledger = new();
            try
            {
                for (int life = 0; life < 6; life++)
                {
                    Plant(disk, bug, random);
                    StorageException? end = await ledger.LiveAsync(disk, random, 15);
                    if (end is not null)
                        throw end;
                    disk = disk.AfterPowerCut(random);
                }

                await ledger.JudgeAsync(disk);
            }
            catch (Exception e) when (e is RowLedgerException or StorageException)
            {
                output.WriteLine($"found out in run {run}: {e.Message}");
                return;
            }
        }

        Assert.Fail($"{bug} is not found out");
    }

    /// <summary>What a recovery would leave that takes damage in the middle of the log for its end.</summary>
    [Fact]
    public async Task A_torn_tail_that_is_taken_for_the_end_is_found_out()
    {
        FaultyFileSystem disk = new();
        RowLedger ledger = new();
        Assert.Null(await ledger.LiveAsync(disk, new Random(TestSeed.Next(output.WriteLine)), 15));
        string directory = Path.Combine(FaultyFileSystem.Root, "node", "log");
        CutInTheMiddle(disk, directory);
        RowLedgerException e = await Assert.ThrowsAsync<RowLedgerException>(() => ledger.JudgeAsync(disk));
        output.WriteLine(e.Message);
    }

    [Fact]
    public async Task A_nonce_that_is_used_again_is_found_out()
    {
        int seed = TestSeed.Next(output.WriteLine);
        Random random = new(seed);
        FaultyFileSystem disk = new();
        NonceLedger nonces = new();
        for (int life = 0; life < 5; life++)
        {
            disk.CutAt = disk.Operations + random.Next(60, 200);
            try
            {
                await using StorageEngine engine = await StorageEngine.OpenAsync(SimulatedOptions.On(disk));
                if (!engine.TryDescribe("s", out _))
                    await engine.CreateStreamAsync("s", Rows.Schema);
                for (int i = 0; i < 40; i++)
                    await engine.AppendAsync("s", Rows.Range(random.Next(1000), 3));
            }
            catch (StorageException) when (disk.IsCut)
            {
                // What it wrote last may be torn or gone; its nonces must not come again.
            }

            nonces.Take(disk.Image(Path.Combine(FaultyFileSystem.Root, "node", "log")));
            disk = disk.AfterPowerCut(random);
        }

        Assert.True(nonces.Count > 20, $"{nonces.Count} nonces seen");
        Assert.Throws<InvalidOperationException>(nonces.TakeOneAgain);
    }

    private static void Plant(FaultyFileSystem disk, string bug, Random random)
    {
        switch (bug)
        {
            case "an acknowledgement before the sync":
                disk.LiesAboutSyncs = true;
                break;
            case "a missing sync of a directory":
                disk.ForgetsDirectorySyncs = true;
                break;
            default:
                disk.SwallowsSyncErrors = true;
                disk.Fault = new Fault(random.Next(1, 10), Errno.InputOutput, ForEver: false, "fdatasync");
                break;
        }
    }

    private static void CutInTheMiddle(FaultyFileSystem disk, string directory)
    {
        using ControlFile control = ControlFile.Open(disk, directory);
        LogFiles files = new(disk, directory, control.Header);
        List<LogPosition> positions = [];
        LogRecovery.Run(files, LogFiles.List(disk, directory), control.Newest, e => positions.Add(e.Position), CancellationToken.None);
        LogPosition middle = positions[positions.Count / 2];
        LogImagePlace place = LogImagePlace.Find(disk.Image(directory), middle);
        foreach (long number in LogFiles.List(disk, directory).Where(n => n >= place.File))
        {
            using IFile file = disk.Open(files.PathOf(number));
            long start = number == place.File ? place.Offset : LogFileHeader.BlockBytes;
            file.Write(new byte[file.Length - start], start);
            file.Sync();
        }

        CommitSlot forged = control.Newest with { DurableUpTo = new LogPosition(middle.Value - 1), LastFile = place.File, Closed = true };
        control.Write(forged);
        control.Write(forged);
    }
}
