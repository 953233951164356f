using Varve.Backup.Tests.Places;
using Varve.Backup.Tests.Repositories.S3;
using Varve.Storage;
using Varve.Storage.Tests;
using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Backup.Tests.Snapshots;

public abstract class SnapshotTests(ITestOutputHelper output, Func<RepositoryPlace> newPlace)
{
    /// <summary>Snapshots of a node under load, also of one that was restarted: each restores to what the node was at its position.</summary>
    [Fact]
    public async Task Snapshots_under_load_restore_to_what_the_node_was()
    {
        int seed = TestSeed.Next(output.WriteLine);
        await using BackupHost host = await StartAsync();
        NodeModel model = new(() => host.Engine, new Random(seed));
        await model.RunAsync(50);
        List<SnapshotDescription> snapshots = [];
        using CancellationTokenSource stop = new();
        Task load = Task.Run(() => model.RunAsync(stop.Token));
        for (int i = 0; i < 6; i++)
        {
            snapshots.Add(await host.SnapshotAsync(new SnapshotOptions { Seals = i % 3 > 0 }));
            await host.Engine.WaitForPositionAsync(new LogPosition(snapshots[^1].Position + 40));
        }

        await stop.CancelAsync();
        await load;
        foreach (SnapshotDescription snapshot in snapshots)
        {
            RestoreResult restored = await host.RestoreAsync(host.ToNewDirectory(snapshot.Id));
            Assert.Equal(snapshot.Position, restored.Position);
            await using StorageEngine engine = await host.OpenAsync(restored);
            await model.AssertIsAsync(engine, snapshot.Position, restored.Erased);
        }
    }

    /// <summary>As one finds it who opens it while another makes it, and as it stays where the making is cut off.</summary>
    [Fact]
    public async Task A_repository_that_is_made_only_by_half_is_made_whole_and_not_called_damaged()
    {
        await using BackupHost host = await StartAsync();
        foreach (string missing in (string[])["repository-copy", "repository"])
        {
            await (await host.OpenAsync()).DisposeAsync();
            byte[] header = await host.Place.ReadAsync(missing);
            await host.Place.DeleteAsync(missing);

            await host.SnapshotAsync();

            Assert.Equal(header, await host.Place.ReadAsync(missing));
            await host.Place.ResetAsync(new Dictionary<string, byte[]>());
        }
    }

    [Fact]
    public async Task A_restored_node_goes_on_and_is_backed_up_beside_the_first()
    {
        await using BackupHost host = await StartAsync();
        await host.Engine.CreateStreamAsync("s", Rows.Schema);
        var random = new Random(TestSeed.Next(output.WriteLine));
        await host.Engine.AppendAsync("s", Rows.Of([.. Enumerable.Range(0, 3000).Select(_ => random.NextInt64())]));
        SnapshotDescription first = await host.SnapshotAsync();
        await host.Engine.AppendAsync("s", Rows.Range(3000, 10));
        RestoreResult restored = await host.RestoreAsync(host.ToNewDirectory());
        await using (StorageEngine engine = await host.OpenAsync(restored))
        {
            await engine.CreateStreamAsync("t", Rows.Schema);
            await engine.AppendAsync("s", Rows.Range(9000, 500));
            await using SnapshotRepository repository = await host.OpenAsync();
            SnapshotResult other = await repository.CreateAsync(engine);
            Assert.Empty(other.Problems);
            Assert.InRange(other.Snapshot.AddedBytes, 1, first.AddedBytes / 2);
        }

        await host.SnapshotAsync();
        RestoreResult[] all = [.. await Task.WhenAll((await ListAsync(host)).Select(s => host.RestoreAsync(host.ToNewDirectory(s.Id))))];
        long[] counts = [.. all.Select(r => r.RowCount).Order()];
        Assert.Equal([3000, 3010, 3500], counts);
    }

    [Fact]
    public async Task An_increment_after_one_percent_of_new_rows_adds_at_most_two_percent_of_the_first_snapshot()
    {
        const int BatchRows = 20_000;
        var random = new Random(TestSeed.Next(output.WriteLine));
        await using BackupHost host = await BackupHost.StartAsync(o => o with { SealRows = 2 * BatchRows, SegmentRowsMax = 2 * BatchRows });
        await host.Engine.CreateStreamAsync("s", Rows.Schema);
        for (int i = 0; i < 50; i++)
            await AppendAsync(BatchRows);
        SnapshotDescription first = await host.SnapshotAsync();
        for (int i = 0; i < 3; i++)
        {
            await AppendAsync(BatchRows / 2);
            SnapshotDescription next = await host.SnapshotAsync();
            output.WriteLine($"{next.AddedBytes} bytes after {first.AddedBytes}");
            Assert.InRange(next.AddedBytes, first.AddedBytes / 1_000, first.AddedBytes / 50);
        }

        Task AppendAsync(int count) => host.Engine.AppendAsync("s", Rows.Of([.. Enumerable.Range(0, count).Select(_ => random.NextInt64())]));
    }

    [Fact]
    public async Task A_node_that_holds_nothing_is_backed_up_and_restored()
    {
        await using BackupHost host = await StartAsync();
        Assert.Equal(0, (await host.SnapshotAsync()).Position);
        await using StorageEngine engine = await host.OpenAsync(await host.RestoreAsync(host.ToNewDirectory()));
        Assert.Equal(host.Engine.NodeId, engine.NodeId);
        await engine.CreateStreamAsync("s", Rows.Schema);
    }

    [Fact]
    public async Task A_directory_that_is_not_encrypted_stays_so_and_is_sealed_in_the_repository()
    {
        await using BackupHost host = await StartAsync(o => o with { Keys = new KeyOptions { Encrypt = false } });
        await host.Engine.CreateStreamAsync("s", Rows.Schema);
        await host.Engine.AppendAsync("s", Rows.Range(0, 5000));
        await host.SnapshotAsync();
        await using StorageEngine engine = await host.OpenAsync(await host.RestoreAsync(host.ToNewDirectory()));
        Assert.False(engine.IsEncrypted);
        Assert.Equal(5000, engine.Describe("s").RowCount);
    }

    [Fact]
    public async Task Chosen_streams_are_restored_without_the_others()
    {
        await using BackupHost host = await StartAsync();
        foreach (string name in (string[])["a", "b", "c"])
        {
            await host.Engine.CreateStreamAsync(name, Rows.Schema);
            await host.Engine.AppendAsync(name, Rows.Range(name[0] * 1000, 3000));
        }

        await host.SnapshotAsync();
        RestoreResult restored = await host.RestoreAsync(host.ToNewDirectory() with { Streams = ["b"] });
        Assert.Equal((1, 2, 3000L), (restored.StreamCount, restored.LeftOutCount, restored.RowCount));
        await using StorageEngine engine = await host.OpenAsync(restored);
        Assert.Equal(["b"], engine.List().Select(s => s.Name));
        Assert.Equal(98_000, engine.OpenView("b").Numbers()[0]);
        BackupException none = await Assert.ThrowsAsync<BackupException>(() => host.RestoreAsync(host.ToNewDirectory() with { Streams = ["x"] }));
        Assert.Equal(BackupErrorCode.NotFound, none.Code);
    }

    [Fact]
    public async Task A_restore_writes_over_nothing()
    {
        await using BackupHost host = await StartAsync();
        await host.SnapshotAsync();
        RestoreOptions options = host.ToNewDirectory();
        Directory.CreateDirectory(options.Directory);
        BackupException refused = await Assert.ThrowsAsync<BackupException>(() => host.RestoreAsync(options));
        Assert.Equal(BackupErrorCode.AlreadyExists, refused.Code);
        Assert.Empty(Directory.GetFileSystemEntries(options.Directory));
    }

    [Fact]
    public async Task A_dropped_stream_is_unreadable_in_old_snapshots_after_the_next_run()
    {
        await using BackupHost host = await StartAsync();
        await host.Engine.CreateStreamAsync("kept", Rows.Schema);
        await host.Engine.CreateStreamAsync("dropped", Rows.Schema);
        await host.Engine.AppendAsync("kept", Rows.Range(0, 3000));
        await host.Engine.AppendAsync("dropped", Rows.Range(5000, 3000));
        SnapshotDescription old = await host.SnapshotAsync(new SnapshotOptions { Seals = false });
        await host.Engine.DropStreamAsync("dropped");

        // Until the next run, the repository has the key.
        Assert.Empty((await host.RestoreAsync(host.ToNewDirectory(old.Id))).Erased);
        await host.SnapshotAsync();
        RestoreResult restored = await host.RestoreAsync(host.ToNewDirectory(old.Id));
        Assert.Equal(["dropped"], restored.Erased);
        await using StorageEngine engine = await host.OpenAsync(restored);
        Assert.Equal(["kept"], engine.List().Select(s => s.Name));
        BackupException refused = await Assert.ThrowsAsync<BackupException>(
            () => host.RestoreAsync(host.ToNewDirectory(old.Id) with { Streams = ["dropped"] }));
        Assert.Contains("key erased", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_that_the_node_has_retired_still_open_old_snapshots()
    {
        await using BackupHost host = await StartAsync(o => o with { Compacts = true });
        await host.Engine.CreateStreamAsync("s", Rows.Schema);
        await host.Engine.AppendAsync("s", Rows.Range(0, 3000));
        SnapshotDescription old = await host.SnapshotAsync();
        await host.Engine.RotateStreamKeyAsync("s");
        await host.Engine.RotateNodeKeyAsync();
        await host.Engine.AppendAsync("s", Rows.Range(3000, 3000));
        await host.Engine.FlushAsync("s");
        await host.Engine.CompactAsync("s");
        await host.Engine.CheckpointAsync();
        await host.SnapshotAsync();
        await using StorageEngine engine = await host.OpenAsync(await host.RestoreAsync(host.ToNewDirectory(old.Id)));
        Assert.Equal(3000, engine.OpenView("s").Numbers().Length);
    }

    [Fact]
    public async Task With_another_key_nothing_opens()
    {
        await using BackupHost host = await StartAsync();
        await host.Engine.CreateStreamAsync("s", Rows.Schema);
        await host.SnapshotAsync();
        string other = host.KeyPath + ".other";
        BackupHost.WriteKey(other, 9);
        BackupException refused = await Assert.ThrowsAsync<BackupException>(() => host.OpenAsync(makes: true, other));
        Assert.Equal(BackupErrorCode.KeyMismatch, refused.Code);
        refused = await Assert.ThrowsAsync<BackupException>(() => host.OpenAsync(makes: true, host.KeyPath + ".none"));
        Assert.Equal(BackupErrorCode.KeyMismatch, refused.Code);
    }

    private static async Task<IReadOnlyList<SnapshotDescription>> ListAsync(BackupHost host)
    {
        await using SnapshotRepository repository = await host.OpenAsync(makes: false);
        return await repository.ListAsync();
    }

    private Task<BackupHost> StartAsync(Func<StorageOptions, StorageOptions>? change = null) => BackupHost.StartAsync(change, newPlace());

    public sealed class OnDirectory(ITestOutputHelper output) : SnapshotTests(output, () => new DirectoryPlace());

    public sealed class OnS3(ITestOutputHelper output, S3Server server) : SnapshotTests(output, () => new S3Place(server)), IClassFixture<S3Server>;
}
