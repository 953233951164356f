using Varve.Backup.Tests.Places;
using Varve.Backup.Tests.Repositories.S3;
using Varve.Storage;
using Varve.Storage.Tests;
using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Backup.Tests.Verify;

/// <summary>
/// Each object of a repository, of snapshots, increments and the archive, is removed, cut, changed and swapped in turn.
/// </summary>
/// <param name="output">Told the seed.</param>
/// <param name="newPlace">Where the repository lies.</param>
/// <param name="oneOf">So many objects there are to one that is harmed; another part with each kind of harm.</param>
public abstract class DamageTests(ITestOutputHelper output, Func<RepositoryPlace> newPlace, int oneOf) : IAsyncLifetime
{
    private static readonly string[] Harms = ["remove", "cut", "flip", "swap"];

    /// <summary>How many rows there were at a position.</summary>
    private readonly SortedDictionary<long, int> _rows = [];

    private readonly List<SnapshotDescription> _snapshots = [];
    private long _wholeUpTo;
    private BackupHost? _host;
    private IReadOnlyDictionary<string, byte[]>? _whole;

    private BackupHost Host => _host!;

    /// <summary>A snapshot, two pieces of the archive, an increment, and two pieces more.</summary>
    public async Task InitializeAsync()
    {
        _host = await BackupHost.StartAsync(o => o with { KeepsLogForArchive = true }, newPlace());
        await Host.Engine.CreateStreamAsync("s", Rows.Schema);
        await using SnapshotRepository repository = await Host.OpenAsync();
        await AppendAsync(2500);
        _snapshots.Add((await repository.CreateAsync(Host.Engine)).Snapshot);
        using LogArchive archive = await repository.OpenArchiveAsync(Host.Engine);
        for (int i = 0; i < 4; i++)
        {
            await AppendAsync(50);
            Assert.True(await archive.ShipAsync());
            if (i == 1)
                _snapshots.Add((await repository.CreateAsync(Host.Engine, new SnapshotOptions { Seals = false })).Snapshot);
        }

        _whole = await Host.Place.ReadAllAsync();
        _wholeUpTo = Host.Engine.VisibleUpTo.Value;
        Assert.Equal(5, _whole.Keys.Count(n => n.StartsWith("archive/", StringComparison.Ordinal)));
    }

    public async Task DisposeAsync() => await Host.DisposeAsync();

    [Theory]
    [InlineData("remove")]
    [InlineData("cut")]
    [InlineData("flip")]
    [InlineData("swap")]
    public async Task Verify_and_the_next_snapshot_tell_which_and_no_restore_gives_a_wrong_row(string harm)
    {
        var random = new Random(TestSeed.Next(output.WriteLine));
        string[] objects = [.. _whole!.Keys];
        for (int i = Array.IndexOf(Harms, harm) % oneOf; i < objects.Length; i += oneOf)
        {
            string name = objects[i];
            string other = objects[(i + 1 + random.Next(objects.Length - 1)) % objects.Length];
            if (harm == "swap" && _whole[name].AsSpan().SequenceEqual(_whole[other]))
                continue;
            await Host.Place.ResetAsync(_whole);
            await HarmAsync(harm, name, other, random);
            await CheckAsync(harm == "swap" ? [name, other] : [name], $"{harm} {name}" + (harm == "swap" ? $" with {other}" : ""), random);
        }
    }

    /// <summary>Each bit of what an object says of itself, which is not sealed; some of them where each takes long.</summary>
    [Fact]
    public async Task Headers_of_objects_that_were_changed_are_told_as_damaged()
    {
        string[] kinds = [.. _whole!.Keys.Where(n => n.Contains('/', StringComparison.Ordinal)).GroupBy(n => n.Split('/')[0]).Select(g => g.Last())];
        Assert.Equal(4, kinds.Length);
        foreach (string name in kinds)
        {
            for (int bit = oneOf - 1; bit < 24 * 8; bit += oneOf * oneOf)
            {
                byte[] bytes = [.. _whole[name]];
                bytes[bit / 8] ^= (byte)(1 << (bit % 8));
                await Host.Place.WriteAsync(name, bytes);
                await using SnapshotRepository repository = await Host.OpenAsync();
                VerifyReport report = await repository.VerifyAsync(isFull: false);
                Assert.True(report.Problems.Any(p => Tells(p, [name])), $"verify does not tell of bit {bit} of {name}: {string.Join("; ", report.Problems)}");
            }

            await Host.Place.WriteAsync(name, _whole[name]);
        }
    }

    /// <summary>What is shipped behind two lost pieces takes the number of the first of them.</summary>
    [Fact]
    public async Task An_archive_that_lost_its_last_pieces_goes_on_behind_the_next_snapshot()
    {
        string[] last = [.. _whole!.Keys.Where(n => n.StartsWith("archive/", StringComparison.Ordinal)).TakeLast(2)];
        await Host.Place.WriteAsync(last[0], _whole[last[1]]);
        await Host.Place.WriteAsync(last[1], _whole[last[0]]);
        await using SnapshotRepository repository = await Host.OpenAsync();
        await repository.CreateAsync(Host.Engine);
        await CheckBridgeAsync(repository, "the last two pieces were swapped");
        Assert.DoesNotContain((await repository.VerifyAsync(isFull: true)).Problems, p => Tells(p, [last[1]]));
    }

    [Fact]
    public async Task What_the_node_still_has_is_put_back_and_the_repository_is_whole_again()
    {
        var random = new Random(TestSeed.Next(output.WriteLine));
        await using BackupHost host = await BackupHost.StartAsync(null, newPlace());
        await host.Engine.CreateStreamAsync("s", Rows.Schema);
        await host.Engine.AppendAsync("s", Rows.Of([.. Enumerable.Range(0, 2500).Select(_ => random.NextInt64())]));
        await host.SnapshotAsync();
        await host.Place.DeleteAsync((await host.Place.ReadAllAsync()).MaxBy(o => o.Value.Length).Key);
        await host.Place.DeleteAsync("repository-copy");
        await using (SnapshotRepository repository = await host.OpenAsync())
        {
            SnapshotResult result = await repository.CreateAsync(host.Engine);
            Assert.Equal((2, 1), (result.Problems.Count, result.HealedCount));
        }

        await using SnapshotRepository healed = await host.OpenAsync();
        VerifyReport report = await healed.VerifyAsync(isFull: true);
        Assert.Empty(report.Problems);
        Assert.Equal((2, true), (report.SnapshotCount, report.DecodedSegmentCount > 0));
        Assert.Empty((await healed.CreateAsync(host.Engine)).Problems);
    }

    [Fact]
    public async Task Who_asks_for_the_newest_does_not_get_an_older_one_without_a_word()
    {
        await using BackupHost host = await BackupHost.StartAsync(null, newPlace());
        await host.Engine.CreateStreamAsync("s", Rows.Schema);
        SnapshotDescription first = await host.SnapshotAsync();
        await host.Engine.AppendAsync("s", Rows.Range(0, 10));
        SnapshotDescription second = await host.SnapshotAsync();
        string newest = $"snapshots/{second.Id}";
        byte[] bytes = await host.Place.ReadAsync(newest);
        foreach (Func<Task> harm in (Func<Task>[])[() => host.Place.WriteAsync(newest, bytes[..^1]), () => host.Place.DeleteAsync(newest)])
        {
            await harm();
            foreach (RestoreOptions open in (RestoreOptions[])[host.ToNewDirectory(), host.ToNewDirectory() with { Time = second.TakenAt.AddHours(1) }])
            {
                BackupException refused = await Assert.ThrowsAsync<BackupException>(() => host.RestoreAsync(open));
                Assert.Equal(BackupErrorCode.Damaged, refused.Code);
                Assert.Contains(newest, refused.Message, StringComparison.Ordinal);
                Assert.Contains(first.Id, refused.Message, StringComparison.Ordinal);
            }

            Assert.Equal(0, (await host.RestoreAsync(host.ToNewDirectory(first.Id))).RowCount);
            Assert.Equal(0, (await host.RestoreAsync(host.ToNewDirectory() with { Position = first.Position })).RowCount);
        }
    }

    private async Task AppendAsync(int count)
    {
        int before = _rows.Values.LastOrDefault();
        await Host.Engine.AppendAsync("s", Rows.Range(before, count));
        _rows[Host.Engine.VisibleUpTo.Value] = before + count;
    }

    private async Task CheckAsync(string[] harmed, string what, Random random)
    {
        SnapshotRepository? opened = await TryOpenAsync();
        if (opened is null)
        {
            Assert.True(harmed.Count(h => h.StartsWith("repository", StringComparison.Ordinal)) == 2, what);
            return;
        }

        await using SnapshotRepository repository = opened;
        VerifyReport report = await repository.VerifyAsync(isFull: random.Next(2) == 0);

        // Where what needed a piece is damaged too, nobody knows that it was needed.
        Assert.True(report.Problems.Any(p => Tells(p, harmed)), $"verify does not tell of {what}: {string.Join("; ", report.Problems)}");
        SnapshotDescription old = _snapshots[random.Next(2)];
        await CheckRestoreAsync(repository, Host.ToNewDirectory(old.Id), old.Position, what, mustSucceed: false);
        long between = _rows.Keys.Where(p => p <= _wholeUpTo).OrderBy(_ => random.Next()).First();
        await CheckRestoreAsync(repository, Host.ToNewDirectory() with { Position = between }, between, what, mustSucceed: false);
        await CheckRestoreAsync(repository, Host.ToNewDirectory(), _wholeUpTo, what, mustSucceed: false);
        SnapshotResult next = await repository.CreateAsync(Host.Engine);
        Assert.True(next.Problems.Any(p => Tells(p, harmed)), $"the next snapshot does not tell of {what}: {string.Join("; ", next.Problems)}");
        await CheckRestoreAsync(repository, Host.ToNewDirectory(next.Snapshot.Id), next.Snapshot.Position, what, mustSucceed: true);
        if (harmed.Any(h => h.StartsWith("archive", StringComparison.Ordinal)))
            await CheckBridgeAsync(repository, what);
    }

    /// <summary>Whatever of the archive is lost, behind the next snapshot it goes on.</summary>
    private async Task CheckBridgeAsync(SnapshotRepository repository, string what)
    {
        await AppendAsync(1);
        using (LogArchive archive = await repository.OpenArchiveAsync(Host.Engine))
            Assert.True(await archive.ShipAsync(), what);
        long newest = Host.Engine.VisibleUpTo.Value;
        await CheckRestoreAsync(repository, Host.ToNewDirectory() with { Position = newest }, newest, what, mustSucceed: true);
        await CheckRestoreAsync(repository, Host.ToNewDirectory(), newest, what, mustSucceed: true);
    }

    private static bool Tells(string problem, string[] names) =>
        names.Any(n => problem.Contains(n[(n.IndexOf('/', StringComparison.Ordinal) + 1)..], StringComparison.Ordinal));

    private async Task<SnapshotRepository?> TryOpenAsync()
    {
        try
        {
            return await Host.OpenAsync();
        }
        catch (BackupException e) when (e.Code == BackupErrorCode.Damaged)
        {
            return null;
        }
    }

    private async Task CheckRestoreAsync(SnapshotRepository repository, RestoreOptions moment, long position, string what, bool mustSucceed)
    {
        RestoreResult restored;
        try
        {
            restored = await repository.RestoreAsync(moment);
        }
        catch (BackupException e) when (e.Code is BackupErrorCode.Damaged or BackupErrorCode.NotFound)
        {
            Assert.False(mustSucceed, $"{what}: {moment} fails: {e.Message}");
            return;
        }

        Assert.True(restored.Position == position, $"{what}: a restore reaches position {restored.Position}, expected {position}");
        await using StorageEngine engine = await Host.OpenAsync(restored);
        int expected = _rows.Last(r => r.Key <= position).Value;
        long[] found = engine.OpenView("s").Numbers();
        Assert.True(
            found.SequenceEqual(Enumerable.Range(0, expected).Select(i => (long)i)), $"{what}: {position} gives {found.Length} rows, expected {expected}");
    }

    private async Task HarmAsync(string harm, string name, string other, Random random)
    {
        byte[] bytes = [.. _whole![name]];
        switch (harm)
        {
            case "remove":
                await Host.Place.DeleteAsync(name);
                break;
            case "cut":
                await Host.Place.WriteAsync(name, bytes[..random.Next(bytes.Length)]);
                break;
            case "flip":
                bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                await Host.Place.WriteAsync(name, bytes);
                break;
            default:
                await Host.Place.WriteAsync(name, _whole[other]);
                await Host.Place.WriteAsync(other, bytes);
                break;
        }
    }

    public sealed class OnDirectory(ITestOutputHelper output) : DamageTests(output, () => new DirectoryPlace(), oneOf: 1);

    public sealed class OnS3(ITestOutputHelper output, S3Server server) : DamageTests(output, () => new S3Place(server), oneOf: 4), IClassFixture<S3Server>;
}
