using Varve.Backup.Archive;
using Varve.Backup.Sealing;
using Varve.Backup.Tests.Places;
using Varve.Backup.Tests.Repositories.S3;
using Varve.Backup.Tests.Snapshots;
using Varve.Storage;
using Varve.Storage.Tests;
using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Backup.Tests.Archive;

public abstract class ArchiveTests(ITestOutputHelper output, Func<RepositoryPlace> newPlace, int shippings)
{
    /// <summary>Snapshots and the archive of a node under load, across a restart; then the node is gone. Any position and time is what it was.</summary>
    [Fact]
    public async Task Any_position_and_time_is_restored_to_what_the_node_was()
    {
        int seed = TestSeed.Next(output.WriteLine);
        var random = new Random(seed);
        await using BackupHost host = await StartAsync(o => o with { CheckpointLogBytes = 256 << 10, KeepsLogForArchive = true });
        NodeModel model = new(() => host.Engine, new Random(seed));
        List<(DateTimeOffset Time, long Position)> moments = [];
        long firstPosition = 0;
        long archivedUpTo = 0;
        for (int life = 0; life < 2; life++)
        {
            await using SnapshotRepository repository = await host.OpenAsync();
            using LogArchive archive = await repository.OpenArchiveAsync(host.Engine);
            await model.RunAsync(60);
            SnapshotResult snapshot = await repository.CreateAsync(host.Engine);
            Assert.Empty(snapshot.Problems);
            firstPosition = firstPosition == 0 ? snapshot.Snapshot.Position : firstPosition;
            for (int i = 0; i < shippings; i++)
            {
                await model.RunAsync(random.Next(8, 60));
                moments.Add((TimeProvider.System.GetUtcNow(), host.Engine.VisibleUpTo.Value));
                Assert.True(await archive.ShipAsync());
                if (i % 5 == 4)
                    await host.Engine.CheckpointAsync();
            }

            // The end of the engine adds entries and lets the log go, but for what is not archived yet.
            archivedUpTo = archive.ArchivedUpTo;
            if (life == 0)
                await host.Node.CloseAsync();
            archive.Dispose();
            if (life == 0)
                await host.Node.OpenAsync();
        }

        RestoreResult newest = await host.RestoreAsync(host.ToNewDirectory());
        Assert.Equal(archivedUpTo, newest.Position);
        await CheckAsync(newest);
        for (int i = 0; i < shippings * 2 / 3; i++)
        {
            long position = random.NextInt64(firstPosition, archivedUpTo + 1);
            RestoreResult restored = await host.RestoreAsync(host.ToNewDirectory() with { Position = position });
            Assert.Equal(position, restored.Position);
            await CheckAsync(restored);
        }

        foreach ((DateTimeOffset time, long position) in moments.Where(m => m.Position >= firstPosition).OrderBy(_ => random.Next()).Take(4))
        {
            RestoreResult restored = await host.RestoreAsync(host.ToNewDirectory() with { Time = time });
            Assert.InRange(restored.Position, position, moments.Select(m => m.Position).Where(p => p > position).DefaultIfEmpty(archivedUpTo).Min());
            await CheckAsync(restored);
        }

        BackupException beyond = await Assert.ThrowsAsync<BackupException>(() => host.RestoreAsync(host.ToNewDirectory() with { Position = archivedUpTo + 1 }));
        Assert.Equal(BackupErrorCode.NotFound, beyond.Code);

        async Task CheckAsync(RestoreResult restored)
        {
            await using StorageEngine engine = await host.OpenAsync(restored);
            await model.AssertIsAsync(engine, restored.Position, restored.Erased);
        }
    }

    [Fact]
    public async Task Segments_that_came_and_went_before_a_restart_are_archived_behind_it_and_go_then()
    {
        await using BackupHost host = await BackupHost.StartAsync(o => o with { KeepsLogForArchive = true, Compacts = false });
        await host.Engine.CreateStreamAsync("s", Rows.Schema);
        await host.SnapshotAsync();
        long apart;
        await using (SnapshotRepository repository = await host.OpenAsync())
        {
            using LogArchive archive = await repository.OpenArchiveAsync(host.Engine);
            for (int i = 0; i < 2; i++)
            {
                await host.Engine.AppendAsync("s", Rows.Range(i * 500, 500));
                await host.Engine.FlushAsync("s");
            }

            apart = host.Engine.VisibleUpTo.Value;
            await host.Engine.CompactAsync("s");
            await host.Engine.CheckpointAsync();
            await host.Node.CloseAsync();
        }

        string segments = Path.Combine(host.Node.Directory, "segments");
        Assert.Equal(3, Directory.GetFiles(segments).Length);
        await host.Node.OpenAsync();
        await using (SnapshotRepository repository = await host.OpenAsync())
        {
            using LogArchive archive = await repository.OpenArchiveAsync(host.Engine);
            Assert.True(await archive.ShipAsync());
            await host.Engine.FlushAsync("s");
        }

        Assert.Single(Directory.GetFiles(segments));
        await using StorageEngine then = await host.OpenAsync(await host.RestoreAsync(host.ToNewDirectory() with { Position = apart }));
        Assert.Equal(1000, then.Describe("s").RowCount);
        Assert.Equal(2, then.Statistics.SegmentCount);
    }

    [Fact]
    public async Task The_log_stays_until_it_is_archived()
    {
        await using BackupHost host = await StartAsync();
        await using SnapshotRepository repository = await host.OpenAsync();
        using LogArchive archive = await repository.OpenArchiveAsync(host.Engine);
        await host.Engine.CreateStreamAsync("s", Rows.Schema);
        for (int i = 0; i < 40; i++)
            await host.Engine.AppendAsync("s", Rows.Range(i * 500, 500));
        await host.Engine.FlushAsync("s");
        await host.Engine.CheckpointAsync();
        long held = host.Engine.Statistics.LogBytes;
        Assert.True(await archive.ShipAsync());
        await host.Engine.AppendAsync("s", Rows.Range(0, 1));
        await host.Engine.FlushAsync("s");
        await archive.ShipAsync();
        await host.Engine.CheckpointAsync();
        Assert.InRange(host.Engine.Statistics.LogBytes, 0, held / 2);
    }

    [Fact]
    public async Task A_missing_piece_is_told_and_nothing_behind_it_is_restored()
    {
        await using BackupHost host = await StartAsync();
        await host.Engine.CreateStreamAsync("s", Rows.Schema);
        await host.SnapshotAsync();
        await using (SnapshotRepository repository = await host.OpenAsync())
        {
            using LogArchive archive = await repository.OpenArchiveAsync(host.Engine);
            for (int i = 0; i < 4; i++)
            {
                await host.Engine.AppendAsync("s", Rows.Range(i, 1));
                await archive.ShipAsync();
            }
        }

        string[] pieces = [.. (await host.Place.NamesAsync()).Where(n => n.StartsWith("archive/", StringComparison.Ordinal))];
        await host.Place.DeleteAsync(pieces[^2]);
        BackupException damaged = await Assert.ThrowsAsync<BackupException>(() => host.RestoreAsync(host.ToNewDirectory()));
        Assert.Equal(BackupErrorCode.Damaged, damaged.Code);
        await using SnapshotRepository verified = await host.OpenAsync();
        Assert.NotEmpty((await verified.VerifyAsync(isFull: false)).Problems);
        await using StorageEngine before = await host.OpenAsync(await host.RestoreAsync(host.ToNewDirectory() with { Position = host.Engine.VisibleUpTo.Value - 2 }));
        Assert.Equal(2, before.Describe("s").RowCount);
    }

    [Fact]
    public async Task An_archiver_goes_on_behind_what_was_pruned_under_it()
    {
        await using BackupHost host = await StartAsync();
        await host.Engine.CreateStreamAsync("s", Rows.Schema);
        SnapshotDescription first = await host.SnapshotAsync();
        await using SnapshotRepository repository = await host.OpenAsync();
        using LogArchive archive = await repository.OpenArchiveAsync(host.Engine);
        for (int i = 0; i < 4; i++)
        {
            await host.Engine.AppendAsync("s", Rows.Range(i, 1));
            Assert.True(await archive.ShipAsync());
            if (i == 2)
                await host.SnapshotAsync();
        }

        await repository.PruneAsync(null, [first.Id]);
        await host.Engine.AppendAsync("s", Rows.Range(4, 1));
        Assert.True(await archive.ShipAsync());
        SealedRepository inside = await SealedRepository.OpenAsync(
            await host.Place.OpenAsync(), RootKeySource.FromFile(host.KeyPath), makes: false, default);
        Assert.Equal(new ArchiveRange(4, 5), await new ArchiveReader(inside, host.Engine.LogId).ReadWrittenRangeAsync(default));
        Assert.Empty((await repository.VerifyAsync(isFull: true)).Problems);
        Assert.Equal(5, (await repository.RestoreAsync(host.ToNewDirectory())).RowCount);
    }

    private Task<BackupHost> StartAsync(Func<StorageOptions, StorageOptions>? change = null) => BackupHost.StartAsync(change, newPlace());

    public sealed class OnDirectory(ITestOutputHelper output) : ArchiveTests(output, () => new DirectoryPlace(), shippings: 12);

    public sealed class OnS3(ITestOutputHelper output, S3Server server) : ArchiveTests(output, () => new S3Place(server), shippings: 5), IClassFixture<S3Server>;
}
