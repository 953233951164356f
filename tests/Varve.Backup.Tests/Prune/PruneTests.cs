using Varve.Backup.Prune;
using Varve.Backup.Repositories;
using Varve.Backup.Sealing;
using Varve.Backup.Snapshots;
using Varve.Backup.Tests.Places;
using Varve.Backup.Tests.Repositories.S3;
using Varve.Storage;
using Varve.Storage.Keys;
using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Backup.Tests.Prune;

/// <summary>Pruning never takes what a snapshot that stays needs, and takes all else.</summary>
/// <param name="output">Told the seed.</param>
/// <param name="newPlace">Where the repository lies.</param>
/// <param name="rounds">Random repositories.</param>
public abstract class PruneTests(ITestOutputHelper output, Func<RepositoryPlace> newPlace, int rounds)
{
    private static readonly Guid[] Histories = [Guid.NewGuid(), Guid.NewGuid()];

    [Fact]
    public async Task What_stays_is_whole_and_nothing_else_is_left()
    {
        int seed = TestSeed.Next(output.WriteLine);
        for (int round = 0; round < rounds; round++)
        {
            var random = new Random(seed + round);
            await using RepositoryPlace place = newPlace();
            await using IRepository inner = await place.OpenAsync();
            SealedRepository repository = new(inner, new RepositoryKey(RootKey.Create(), "salt"u8, namesByFrames: true));
            List<SnapshotManifest> snapshots = await FillAsync(repository, random);
            for (int pass = 0; pass < 3; pass++)
            {
                KeepRules rules = new(random.Next(3), random.Next(4), random.Next(4), random.Next(4), random.Next(2));
                string[] named = random.Next(3) == 0 ? [snapshots[random.Next(snapshots.Count)].Id] : [];
                PruneResult trial = await new PruneRun(repository, TimeProvider.System).RunAsync(rules, named, isTrial: true, default);
                PruneResult done = await new PruneRun(repository, TimeProvider.System).RunAsync(rules, named, isTrial: false, default);
                Assert.Equal(trial.Removed, done.Removed);
                Assert.Equal((trial.ObjectCount, trial.Bytes), (done.ObjectCount, done.Bytes));
                snapshots = Expected(snapshots, rules, named);
                Assert.Equal(snapshots.Select(s => s.Id), done.Kept);
                await CheckAsync(inner, snapshots);
                if (snapshots.Count == 0)
                    break;
            }
        }
    }

    [Fact]
    public async Task Who_takes_away_is_alone_and_one_that_was_cut_off_is_in_nobodys_way_for_long()
    {
        await using RepositoryPlace place = newPlace();
        await using IRepository inner = await place.OpenAsync();
        SealedRepository repository = new(inner, new RepositoryKey(RootKey.Create(), "salt"u8, namesByFrames: true));
        var later = new ShiftedTime(TimeSpan.FromMinutes(11));
        await using (await RepositoryLock.TakeToAddAsync(repository, TimeProvider.System, default))
        {
            await using RepositoryLock second = await RepositoryLock.TakeToAddAsync(repository, TimeProvider.System, default);
            BackupException busy = await Assert.ThrowsAsync<BackupException>(() => RepositoryLock.TakeToRemoveAsync(repository, TimeProvider.System, default));
            Assert.Equal(BackupErrorCode.Busy, busy.Code);
            await using RepositoryLock removing = await RepositoryLock.TakeToRemoveAsync(repository, later, default);
            busy = await Assert.ThrowsAsync<BackupException>(() => RepositoryLock.TakeToAddAsync(repository, later, default));
            Assert.Equal(BackupErrorCode.Busy, busy.Code);
        }

        await using RepositoryLock alone = await RepositoryLock.TakeToRemoveAsync(repository, TimeProvider.System, default);
    }

    private static async Task<List<SnapshotManifest>> FillAsync(SealedRepository repository, Random random)
    {
        List<ObjectRef> pieces = [];
        for (int i = 0; i < 30; i++)
        {
            byte[] content = new byte[1 + random.Next(100)];
            random.NextBytes(content);
            ObjectRef piece = new(ObjectRef.Folder + repository.NameOf(content), content.Length);
            await repository.PutAsync(ObjectKind.Data, piece.Name, content, replaces: false, default);
            pieces.Add(piece);
        }

        List<SnapshotManifest> snapshots = [];
        DateTimeOffset time = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        for (int i = 0; i < 25; i++)
        {
            time += TimeSpan.FromHours(random.Next(1, random.Next(2) == 0 ? 12 : 400));
            SnapshotManifest snapshot = new()
            {
                Id = SnapshotManifest.NewId(time),
                NodeId = Guid.Empty,
                NodeCreatedMicros = 0,
                HistoryId = Histories[random.Next(2)],
                Position = new LogPosition(i),
                TakenAt = time,
                HistoryNumber = 1,
                IsEncrypted = false,
                StreamCount = 0,
                RowCount = 0,
                AddedBytes = 0,
                Checkpoint = Some(),
                Log = [.. Some().Select((p, n) => new LogPiece(n, n, p))],
                Segments = [new SegmentPieces(i, new string('0', 64), 1, Some()), new SegmentPieces(i + 100, new string('1', 64), 1, Some())],
                OnlyStreams = random.Next(5) == 0 ? ["some"] : [],
            };
            await repository.PutAsync(ObjectKind.Snapshot, snapshot.Name, ManifestCodec.Write(snapshot), replaces: false, default);
            snapshots.Add(snapshot);
        }

        foreach (Guid history in Histories)
        {
            string[] ids = [.. snapshots.Where(s => s.HistoryId == history).Select(s => s.Id)];
            await new HistoryStore(repository, history).UpdateAsync(_ => new History(0, null, ids), default);
        }

        return snapshots;

        ObjectRef[] Some() => [.. Enumerable.Range(0, random.Next(3)).Select(_ => pieces[random.Next(pieces.Count)])];
    }

    /// <summary>The rules once more, written as they are told to people.</summary>
    private static List<SnapshotManifest> Expected(List<SnapshotManifest> all, KeepRules rules, string[] named)
    {
        List<SnapshotManifest> kept = [.. all.Where(s => s.OnlyStreams.Count > 0 && !named.Contains(s.Id))];
        foreach (Guid history in Histories)
        {
            List<SnapshotManifest> ours = [.. all.Where(s => s.OnlyStreams.Count == 0 && s.HistoryId == history && !named.Contains(s.Id)).OrderByDescending(s => s.TakenAt)];
            kept.AddRange(ours.Take(1));
            foreach ((int count, Func<DateTime, int> number) in (List<(int, Func<DateTime, int>)>)[
                (rules.Hours, t => (int)(t.Ticks / TimeSpan.TicksPerHour)), (rules.Days, t => (int)(t.Ticks / TimeSpan.TicksPerDay)),
                (rules.Weeks, t => (int)(t.Ticks / TimeSpan.TicksPerDay / 7)), (rules.Months, t => (t.Year * 12) + t.Month), (rules.Years, t => t.Year)])
            {
                int[] periods = [.. ours.Select(s => number(s.TakenAt.UtcDateTime)).Distinct().Take(count)];
                kept.AddRange(periods.Select(p => ours.First(s => number(s.TakenAt.UtcDateTime) == p)));
            }
        }

        return [.. kept.Distinct().OrderBy(s => s.Id, StringComparer.Ordinal)];
    }

    private static async Task CheckAsync(IRepository inner, List<SnapshotManifest> snapshots)
    {
        List<string> data = [];
        await foreach (RepositoryObject item in inner.ListAsync(ObjectRef.Folder))
            data.Add(item.Name);
        Assert.Equal(snapshots.SelectMany(s => s.Objects).Select(o => o.Name).Distinct().Order(StringComparer.Ordinal), data);
        List<string> ids = [];
        await foreach (RepositoryObject item in inner.ListAsync(SnapshotManifest.Folder))
            ids.Add(item.Name);
        Assert.Equal(snapshots.Select(s => s.Name), ids);
    }

    private sealed class ShiftedTime(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + by;
    }

    public sealed class OnDirectory(ITestOutputHelper output) : PruneTests(output, () => new DirectoryPlace(), rounds: 10);

    public sealed class OnS3(ITestOutputHelper output, S3Server server) : PruneTests(output, () => new S3Place(server), rounds: 1), IClassFixture<S3Server>;
}
