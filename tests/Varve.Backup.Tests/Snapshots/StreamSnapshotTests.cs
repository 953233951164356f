using Varve.Backup.Tests.Places;
using Varve.Backup.Tests.Repositories.S3;
using Varve.Storage;
using Varve.Storage.Tests;

namespace Varve.Backup.Tests.Snapshots;

/// <summary>Snapshots of chosen streams: they have those alone, and get in the way of none of the whole node.</summary>
public abstract class StreamSnapshotTests(Func<RepositoryPlace> newPlace)
{
    private static readonly SnapshotOptions OfTwo = new() { Streams = ["people", "Orders"] };

    [Fact]
    public async Task It_has_the_streams_that_were_chosen_and_serves_where_it_is_named()
    {
        await using BackupHost host = await StartAsync();
        SnapshotDescription some = await host.SnapshotAsync(OfTwo);
        Assert.Equal(["orders", "people"], some.OnlyStreams);
        Assert.Equal((2, 6_000), (some.StreamCount, some.RowCount));
        long[] orders = host.Engine.OpenView("orders").Numbers();
        await host.Engine.AppendAsync("orders", Rows.Range(4_000, 10));

        RestoreResult restored = await host.RestoreAsync(host.ToNewDirectory(some.Id));
        Assert.Equal(1, restored.LeftOutCount);
        await using (StorageEngine engine = await host.OpenAsync(restored))
        {
            Assert.Equal(["orders", "people"], Names(engine));
            Assert.Equal(orders, engine.OpenView("orders").Numbers());
        }

        await using SnapshotRepository repository = await host.OpenAsync();
        await using (SnapshotReader reader = await repository.OpenSnapshotAsync(host.ToNewDirectory(some.Id)))
        {
            Assert.Equal(["orders", "people"], Names(reader.Engine));
            Assert.Equal(2_000, reader.Engine.OpenView("people").Numbers().Length);
        }

        await repository.RestoreStreamAsync(host.Engine, new StreamRestoreOptions { Stream = "orders", Name = "orders_then", SnapshotId = some.Id });
        Assert.Equal(orders, host.Engine.OpenView("orders_then").Numbers());
        Assert.Empty((await repository.VerifyAsync(isFull: true)).Problems);
        Assert.Equal(some.OnlyStreams, (await repository.ListAsync()).Single().OnlyStreams);
    }

    [Fact]
    public async Task What_it_does_not_have_is_refused_by_name()
    {
        await using BackupHost host = await StartAsync();
        await using SnapshotRepository repository = await host.OpenAsync();
        BackupException none = await Assert.ThrowsAsync<BackupException>(() => repository.CreateAsync(host.Engine, new SnapshotOptions { Streams = ["orders", "nowhere"] }));
        Assert.Equal(BackupErrorCode.NotFound, none.Code);
        Assert.Contains("'nowhere'", none.Message, StringComparison.Ordinal);
        Assert.Empty(await repository.ListAsync());

        SnapshotDescription some = await host.SnapshotAsync(OfTwo);
        await AssertRefusedAsync(() => repository.RestoreAsync(host.ToNewDirectory(some.Id) with { Streams = ["large"] }));
        await AssertRefusedAsync(() => repository.RestoreStreamAsync(
            host.Engine, new StreamRestoreOptions { Stream = "large", Name = "large_then", SnapshotId = some.Id }));
        BackupException noWhole = await Assert.ThrowsAsync<BackupException>(() => repository.RestoreAsync(host.ToNewDirectory()));
        Assert.Equal(BackupErrorCode.NotFound, noWhole.Code);
        Assert.Contains("no snapshot of the whole node", noWhole.Message, StringComparison.Ordinal);

        static async Task AssertRefusedAsync(Func<Task> restore)
        {
            BackupException refused = await Assert.ThrowsAsync<BackupException>(restore);
            Assert.Equal(BackupErrorCode.NotFound, refused.Code);
            Assert.Contains("it is only of 'orders', 'people'", refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_newest_of_the_whole_node_stays_the_newest_and_rules_leave_it_alone()
    {
        await using BackupHost host = await StartAsync();
        SnapshotDescription first = await host.SnapshotAsync();
        await host.Engine.AppendAsync("orders", Rows.Range(4_000, 500));
        SnapshotDescription whole = await host.SnapshotAsync();
        SnapshotDescription some = await host.SnapshotAsync(OfTwo);
        await using SnapshotRepository repository = await host.OpenAsync();

        Assert.Equal(whole.Id, (await repository.FindNewestAsync(host.Engine))!.Id);
        Assert.Equal(whole.Id, (await host.RestoreAsync(host.ToNewDirectory())).SnapshotId);
        Assert.True(KeepRules.TryParse("1y", out KeepRules rules));
        PruneResult pruned = await repository.PruneAsync(rules, []);
        Assert.Equal([first.Id], pruned.Removed);
        Assert.Equal([whole.Id, some.Id], pruned.Kept);
        Assert.Empty((await repository.VerifyAsync(isFull: true)).Problems);
        Assert.Equal(2, (await host.RestoreAsync(host.ToNewDirectory(some.Id))).StreamCount);

        Assert.Equal([some.Id], (await repository.PruneAsync(null, [some.Id])).Removed);
        Assert.Empty((await repository.VerifyAsync(isFull: true)).Problems);
    }

    [Fact]
    public async Task What_it_leaves_out_is_not_copied_and_the_archive_goes_on_from_it()
    {
        await using BackupHost host = await BackupHost.StartAsync(o => o with { KeepsLogForArchive = true }, newPlace());
        await FillAsync(host.Engine);
        await using SnapshotRepository repository = await host.OpenAsync();
        using LogArchive archive = await repository.OpenArchiveAsync(host.Engine);
        SnapshotDescription some = await host.SnapshotAsync(OfTwo);
        SnapshotDescription whole = await host.SnapshotAsync();
        Assert.InRange(some.AddedBytes, 1, whole.AddedBytes / 2);
        await host.Engine.AppendAsync("orders", Rows.Range(4_000, 500));
        await host.Engine.FlushAsync("orders");
        await host.Engine.CreateStreamAsync("later", Rows.Schema);
        await host.Engine.AppendAsync("later", Rows.Range(0, 100));
        await archive.ShipAsync();

        await using StorageEngine engine = await host.OpenAsync(
            await host.RestoreAsync(host.ToNewDirectory(some.Id) with { Position = archive.ArchivedUpTo }));

        Assert.Equal(["orders", "people"], Names(engine));
        Assert.Equal(host.Engine.OpenView("orders").Numbers(), engine.OpenView("orders").Numbers());
    }

    private static string[] Names(StorageEngine engine) => [.. engine.List().Select(s => s.Name).Order(StringComparer.Ordinal)];

    private static async Task FillAsync(StorageEngine engine)
    {
        foreach ((string stream, int rows) in ((string, int)[])[("orders", 4_000), ("people", 2_000), ("large", 24_000)])
            await FillAsync(engine, stream, rows);
    }

    private static async Task FillAsync(StorageEngine engine, string stream, int rows)
    {
        Random random = new(rows);
        await engine.CreateStreamAsync(stream, Rows.Schema);
        for (int i = 0; i < rows; i += 2_000)
            await engine.AppendAsync(stream, Rows.Of([.. Enumerable.Range(0, 2_000).Select(_ => random.NextInt64())]));
    }

    private async Task<BackupHost> StartAsync()
    {
        BackupHost host = await BackupHost.StartAsync(place: newPlace());
        await FillAsync(host.Engine);
        return host;
    }

    public sealed class OnDirectory() : StreamSnapshotTests(() => new DirectoryPlace());

    public sealed class OnS3(S3Server server) : StreamSnapshotTests(() => new S3Place(server)), IClassFixture<S3Server>;
}
