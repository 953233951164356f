using Varve.Arrow;
using Varve.Backup.Drill;
using Varve.Backup.Tests.Places;
using Varve.Backup.Tests.Repositories.S3;
using Varve.Storage;
using Varve.Storage.Tests;
using Varve.Testing;

namespace Varve.Backup.Tests.Drill;

public abstract class DrillTests(Func<RepositoryPlace> newPlace) : IDisposable
{
    private readonly TempDirectory _directory = new("drill");

    private string Scratch => _directory.File("scratch");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_drill_restores_snapshot_and_archive_compares_every_row_and_leaves_nothing()
    {
        await using BackupHost host = await BackupHost.StartAsync(o => o with { KeepsLogForArchive = true }, newPlace());
        await FillAsync(host.Engine, "orders", 5_000);
        await FillAsync(host.Engine, "empty", 0);
        await using SnapshotRepository repository = await host.OpenAsync();
        using LogArchive archive = await repository.OpenArchiveAsync(host.Engine);
        SnapshotDescription snapshot = await host.SnapshotAsync();
        await host.Engine.AppendAsync("orders", Rows.Range(5_000, 700));
        await archive.ShipAsync();
        long position = archive.ArchivedUpTo;
        await host.Engine.AppendAsync("orders", Rows.Range(5_700, 100));

        DrillReport report = await repository.DrillAsync(Options(host));
        Assert.Null(report.Problem);
        Assert.Empty(report.Notes);
        Assert.Equal(snapshot.Id, report.SnapshotId);
        Assert.Equal(position, report.Position);
        Assert.Equal(["empty", "orders"], report.Streams.Select(s => s.Name));
        Assert.Equal((5_700, 5_700L), (report.Streams[1].RowCount, report.Streams[1].ComparedRowCount));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Scratch));

        DrillReport offline = await repository.DrillAsync(Options(host) with { Node = null });
        Assert.Null(offline.Problem);
        Assert.Equal(report.Streams.Select(s => s.Hash), offline.Streams.Select(s => s.Hash));
        Assert.All(offline.Streams, s => Assert.Equal(0, s.ComparedRowCount));
    }

    [Fact]
    public async Task What_was_dropped_remade_trimmed_or_widened_since_is_said_and_is_no_failure()
    {
        await using BackupHost host = await BackupHost.StartAsync(place: newPlace());
        StorageEngine engine = host.Engine;
        foreach (string name in (string[])["dropped", "remade", "trimmed", "widened"])
            await FillAsync(engine, name, 4_000);
        await host.SnapshotAsync();
        await engine.DropStreamAsync("dropped");
        await engine.DropStreamAsync("remade");
        await FillAsync(engine, "remade", 10);
        await engine.AddColumnsAsync("widened", [new Field("more", ArrowTypes.Int64)]);
        await engine.AppendAsync("widened", Rows.Batch(engine.Describe("widened").Schema, [1L, "x", 7L]));
        await engine.SetStreamSettingsAsync("trimmed", new StreamSettings { RetainRows = 1_000 });
        using (CancellationTokenSource limit = new(TimeSpan.FromMinutes(1)))
        {
            for (long next = 4_000; engine.Describe("trimmed").FirstOffset == 0; next += 500)
            {
                limit.Token.ThrowIfCancellationRequested();
                await engine.AppendAsync("trimmed", Rows.Range(next, 500));
                await engine.FlushAsync("trimmed");
            }
        }

        await using SnapshotRepository repository = await host.OpenAsync();
        DrillReport report = await repository.DrillAsync(Options(host));
        Assert.Null(report.Problem);
        Dictionary<string, DrilledStream> streams = report.Streams.ToDictionary(s => s.Name);
        Assert.Equal(("it was dropped since", 0L), (streams["dropped"].Note, streams["dropped"].ComparedRowCount));
        Assert.Equal("it was dropped since, and made again", streams["remade"].Note);
        Assert.Contains("let go since", streams["trimmed"].Note, StringComparison.Ordinal);
        Assert.InRange(streams["trimmed"].ComparedRowCount, 0, 3_999);
        Assert.Equal((null, 4_000L), (streams["widened"].Note, streams["widened"].ComparedRowCount));

        // The next snapshot erases the keys of what was dropped.
        await host.SnapshotAsync();
        Assert.Null((await repository.DrillAsync(Options(host))).Problem);
    }

    [Fact]
    public async Task A_damaged_repository_fails_the_drill_and_a_damaged_newest_snapshot_is_told()
    {
        await using BackupHost host = await BackupHost.StartAsync(place: newPlace());
        await FillAsync(host.Engine, "orders", 5_000);
        await host.SnapshotAsync();
        await using SnapshotRepository repository = await host.OpenAsync();
        await host.SnapshotAsync();
        string[] snapshots = [.. (await host.Place.NamesAsync()).Where(n => n.StartsWith("snapshots/", StringComparison.Ordinal))];
        string newest = snapshots[^1];
        byte[] manifest = await host.Place.ReadAsync(newest);
        await host.Place.WriteAsync(newest, manifest[..100]);
        DrillReport report = await repository.DrillAsync(Options(host));
        Assert.Equal(Path.GetFileName(snapshots[0]), report.SnapshotId);
        Assert.Contains(Path.GetFileName(newest), report.Problem, StringComparison.Ordinal);

        await host.Place.WriteAsync(newest, manifest);
        (string largest, byte[] content) = (await host.Place.ReadAllAsync()).MaxBy(o => o.Value.Length);
        content[^20] ^= 1;
        await host.Place.WriteAsync(largest, content);
        BackupException damaged = await Assert.ThrowsAsync<BackupException>(() => repository.DrillAsync(Options(host)));
        Assert.Equal(BackupErrorCode.Damaged, damaged.Code);
        Assert.Contains(Path.GetFileName(largest), damaged.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Scratch));
    }

    [Fact]
    public async Task No_drill_begins_where_it_would_leave_too_little_room()
    {
        await using BackupHost host = await BackupHost.StartAsync(place: newPlace());
        await FillAsync(host.Engine, "orders", 5_000);
        await using SnapshotRepository repository = await host.OpenAsync();
        BackupException none = await Assert.ThrowsAsync<BackupException>(() => repository.DrillAsync(Options(host)));
        Assert.Equal(BackupErrorCode.NotFound, none.Code);
        await host.SnapshotAsync();
        DrillOptions small = Options(host) with { RoomOf = _ => new DiskRoom(FreeBytes: (1L << 30) + 1000, TotalBytes: 10L << 30) };
        BackupException noRoom = await Assert.ThrowsAsync<BackupException>(() => repository.DrillAsync(small));
        Assert.Equal(BackupErrorCode.NoRoom, noRoom.Code);
        Assert.Contains($"{1L << 30} have to stay free", noRoom.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Scratch));

        // Others fill the disk while it goes on: enough is free at the first look, too little at the second.
        int looks = 0;
        DrillOptions filling = Options(host) with { RoomOf = _ => new DiskRoom(++looks == 1 ? 9L << 30 : 1L << 20, 10L << 30) };
        Assert.Equal(BackupErrorCode.NoRoom, (await Assert.ThrowsAsync<BackupException>(() => repository.DrillAsync(filling))).Code);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Scratch));
    }

    [Fact]
    public async Task A_drill_takes_its_memory_of_the_node_and_leaves_out_what_of_the_archive_needs_more()
    {
        await using BackupHost host = await BackupHost.StartAsync(
            o => o with { KeepsLogForArchive = true, TailMemoryLimitBytes = 16 << 20, SealRows = 1 << 30 }, newPlace());
        await FillAsync(host.Engine, "orders", 1_000);
        await using SnapshotRepository repository = await host.OpenAsync();
        using LogArchive archive = await repository.OpenArchiveAsync(host.Engine);
        SnapshotDescription snapshot = await host.SnapshotAsync();
        for (int i = 0; host.Engine.Statistics.TailBytes < 4 << 20; i++)
            await host.Engine.AppendAsync("orders", Rows.Range(1_000 + (2_000L * i), 2_000));
        await archive.ShipAsync();
        DrillReport report = await repository.DrillAsync(Options(host));
        Assert.Null(report.Problem);
        Assert.InRange(report.Position, snapshot.Position + 1, archive.ArchivedUpTo - 1);
        Assert.Contains($"behind position {report.Position} was left out", Assert.Single(report.Notes), StringComparison.Ordinal);
        Assert.Equal(report.Streams[0].RowCount, report.Streams[0].ComparedRowCount);

        long before = host.Engine.Statistics.TailBytes;
        using (await host.Engine.HoldMemoryAsync("try", 1 << 20, default))
            Assert.Equal(before + (1 << 20), host.Engine.Statistics.TailBytes);
        Assert.Equal(before, host.Engine.Statistics.TailBytes);
    }

    internal static async Task FillAsync(StorageEngine engine, string stream, int rows)
    {
        await engine.CreateStreamAsync(stream, Rows.Schema);
        if (rows > 0)
            await engine.AppendAsync(stream, Rows.Range(0, rows));
    }

    private DrillOptions Options(BackupHost host) =>
        new() { ScratchDirectory = Scratch, Node = host.Engine, LogSizes = host.Node.Options.LogSizes };

    public sealed class OnDirectory() : DrillTests(() => new DirectoryPlace());

    public sealed class OnS3(S3Server server) : DrillTests(() => new S3Place(server)), IClassFixture<S3Server>;
}
