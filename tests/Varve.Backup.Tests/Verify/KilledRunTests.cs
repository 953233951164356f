using Varve.Backup.Repositories;
using Varve.Storage;
using Varve.Storage.FileSystem;
using Varve.Storage.Tests;
using Varve.Storage.Tests.FileSystem;
using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Backup.Tests.Verify;

/// <summary>
/// A snapshot, a shipping of the archive and a pruning are killed at every so-many-th operation on the repository's disk: nothing half done counts, and the
/// next run goes on with what is there, at once.
/// </summary>
public sealed class KilledRunTests(ITestOutputHelper output)
{
    private const string Root = "/data/repository";
    private const int Rounds = 40;

    [Theory]
    [InlineData("snapshot")]
    [InlineData("archive")]
    [InlineData("prune")]
    public async Task What_is_killed_at_any_operation_leaves_nothing_half_and_the_next_run_goes_on(string what)
    {
        var random = new Random(TestSeed.Next(output.WriteLine));
        await using BackupHost host = await BackupHost.StartAsync(o => o with { KeepsLogForArchive = true });
        FaultyFileSystem whole = await FillAsync(host);
        long operations = await CountAsync(host, whole, what);
        output.WriteLine($"{operations} operations");
        long step = Math.Max(1, operations / Rounds);
        for (long cutAt = 1 + random.NextInt64(step); cutAt <= operations; cutAt += step)
        {
            FaultyFileSystem disk = whole.Copy();
            disk.CutAt = disk.Operations + cutAt;
            try
            {
                await RunAsync(host, disk, what);
            }
            catch (RepositoryException)
            {
                // What is not through tells so; whether its lock can be released any more changes nothing.
            }

            Assert.True(disk.IsCut, $"{what} failed before operation {cutAt}");
            FaultyFileSystem after = disk.AfterKill();
            await CheckAsync(host, after, $"{what} killed at operation {cutAt} of {operations}");
        }
    }

    /// <summary>Also where it was done all the same, as where only the last sync fails: the same archiver finds it there, and is not stuck.</summary>
    [Fact]
    public async Task A_shipping_that_fails_at_any_operation_is_made_up_for_by_the_next_one()
    {
        var random = new Random(TestSeed.Next(output.WriteLine));
        await using BackupHost host = await BackupHost.StartAsync(o => o with { KeepsLogForArchive = true });
        FaultyFileSystem whole = await FillAsync(host);
        long operations = await CountAsync(host, whole, "archive");
        long step = Math.Max(1, operations / Rounds);
        for (long failAt = 1 + random.NextInt64(step); failAt <= operations; failAt += step)
        {
            string what = $"operation {failAt} of {operations}";
            FaultyFileSystem disk = whole.Copy();
            await using SnapshotRepository repository = await OpenAsync(host, disk);
            using LogArchive archive = await repository.OpenArchiveAsync(host.Engine);
            disk.Fault = new Fault(disk.Operations + failAt, Errno.InputOutput, ForEver: false);
            bool isShipped = await TryShipAsync(archive);
            disk.Fault = null;
            await host.Engine.AppendAsync("s", Rows.Range(0, 1));
            Assert.True(await archive.ShipAsync(), what);
            Assert.Equal(host.Engine.VisibleUpTo.Value, archive.ArchivedUpTo);
            VerifyReport found = await repository.VerifyAsync(isFull: true);
            Assert.True(found.Problems.Count == 0, $"{what}: {string.Join("; ", found.Problems)}");
            RestoreResult restored = await repository.RestoreAsync(host.ToNewDirectory());
            Assert.True(restored.Position == archive.ArchivedUpTo, $"{what}: {(isShipped ? "shipped" : "failed")}, restored up to {restored.Position}");
        }
    }

    private static async Task<bool> TryShipAsync(LogArchive archive)
    {
        try
        {
            return await archive.ShipAsync();
        }
        catch (RepositoryException)
        {
            return false;
        }
    }

    /// <summary>Two snapshots with much that only the first needs, and an archive.</summary>
    private static async Task<FaultyFileSystem> FillAsync(BackupHost host)
    {
        FaultyFileSystem disk = new();
        await host.Engine.CreateStreamAsync("s", Rows.Schema);
        await host.Engine.AppendAsync("s", Rows.Range(0, 2500));
        await using SnapshotRepository repository = await OpenAsync(host, disk);
        await repository.CreateAsync(host.Engine, new SnapshotOptions { Seals = false });
        using (LogArchive archive = await repository.OpenArchiveAsync(host.Engine))
            Assert.True(await archive.ShipAsync());
        await host.Engine.AppendAsync("s", Rows.Range(2500, 100));
        await repository.CreateAsync(host.Engine);
        await host.Engine.AppendAsync("s", Rows.Range(2600, 2400));
        return disk;
    }

    private static async Task<long> CountAsync(BackupHost host, FaultyFileSystem whole, string what)
    {
        FaultyFileSystem disk = whole.Copy();
        long before = disk.Operations;
        await RunAsync(host, disk, what);
        return disk.Operations - before;
    }

    private static async Task RunAsync(BackupHost host, FaultyFileSystem disk, string what)
    {
        await using SnapshotRepository repository = await OpenAsync(host, disk);
        switch (what)
        {
            case "snapshot":
                Assert.Empty((await repository.CreateAsync(host.Engine)).Problems);
                break;
            case "archive":
                using (LogArchive archive = await repository.OpenArchiveAsync(host.Engine))
                    await archive.ShipAsync();
                break;
            default:
                await repository.PruneAsync(null, [(await repository.ListAsync())[0].Id]);
                break;
        }
    }

    private static async Task CheckAsync(BackupHost host, FaultyFileSystem disk, string what)
    {
        await using SnapshotRepository repository = await OpenAsync(host, disk);
        VerifyReport found = await repository.VerifyAsync(isFull: true);
        Assert.True(found.Problems.Count == 0, $"{what}: {string.Join("; ", found.Problems)}");
        long rows = (await repository.RestoreAsync(host.ToNewDirectory())).RowCount;
        Assert.True(rows is 2600 or 5000, $"{what}: {rows} rows are restored");
        Dictionary<string, byte[]> before = Data(disk);
        SnapshotResult next = await repository.CreateAsync(host.Engine);
        Assert.True(next.Problems.Count == 0, $"{what}: {string.Join("; ", next.Problems)}");

        // What the killed run had copied already is not copied again.
        Dictionary<string, byte[]> behind = Data(disk);
        Assert.All(before, piece => Assert.Same(piece.Key, behind[piece.Key].SequenceEqual(piece.Value) ? piece.Key : "written again"));
        await repository.PruneAsync(null, [.. (await repository.ListAsync()).Where(s => s.Id != next.Snapshot.Id).Select(s => s.Id)]);
        VerifyReport last = await repository.VerifyAsync(isFull: true);
        Assert.True(last.Problems.Count == 0, $"{what}, then the next: {string.Join("; ", last.Problems)}");
        Assert.True(Data(disk).Count == last.ObjectCount, $"{what}: {Data(disk).Count} pieces are left, {last.ObjectCount} are needed");
        Assert.Empty(disk.ListFiles($"{Root}/locks"));
    }

    private static Dictionary<string, byte[]> Data(FaultyFileSystem disk) =>
        disk.Image($"{Root}/data").Where(f => !Path.GetFileName(f.Key).Contains('.', StringComparison.Ordinal)).ToDictionary();

    private static async Task<SnapshotRepository> OpenAsync(BackupHost host, FaultyFileSystem disk) => await SnapshotRepository.OpenAsync(
        await DirectoryRepository.OpenAsync(disk, Root, default), RootKeySource.FromFile(host.KeyPath), makes: true);
}
