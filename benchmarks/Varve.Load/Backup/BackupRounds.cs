using Varve.Backup;
using Varve.Backup.Repositories;

namespace Varve.Load.Backup;

/// <summary>The rounds of <see cref="BackupScenario"/>: each begins with empty repositories and ends with nothing but the data. One caller.</summary>
internal sealed class BackupRounds(string directory, BackupData data, bool isCold)
{
    private const string DropCaches = "/proc/sys/vm/drop_caches";

    private readonly RatioTable _first = new("cp and sync", "varve", "restic", "restic, uncompressed");
    private readonly RatioTable _second = new("restic", "varve", "restic, uncompressed");
    private readonly RatioTable _restore = new("cp and sync", "varve", "restic", "restic, uncompressed");
    private readonly List<double> _added = [];
    private int _roundCount;
    private readonly Restic _restic = new(Path.Combine(directory, "restic"), "auto");
    private readonly Restic _uncompressed = new(Path.Combine(directory, "restic-uncompressed"), "off");

    private string Copy => Path.Combine(directory, "copy");

    private string Repository => Path.Combine(directory, "repository");

    /// <param name="growthBytes">How much the data grows between the first snapshot and the second.</param>
    public async Task RunAsync(long growthBytes)
    {
        await _restic.MakeRepositoryAsync();
        await _uncompressed.MakeRepositoryAsync();
        SnapshotDescription? first = null;
        _first.Add(await OfAllAsync(
            () => CopyAsync(data.Segments, Copy),
            async () => first = await SnapshotAsync(),
            () => _restic.BackUpAsync(data.Segments),
            () => _uncompressed.BackUpAsync(data.Segments)));
        await data.GrowAsync(growthBytes);
        SnapshotDescription? second = null;
        _second.Add(await OfAllAsync(
            () => _restic.BackUpAsync(data.Segments),
            async () => second = await SnapshotAsync(),
            () => _uncompressed.BackUpAsync(data.Segments)));
        _added.Add((double)second!.AddedBytes / first!.AddedBytes);
        _restore.Add(await OfAllAsync(
            () => CopyAsync(Copy, Path.Combine(directory, "copied back")), RestoreAsync, _restic.RestoreAsync, _uncompressed.RestoreAsync));
        _roundCount++;
        foreach (string left in (string[])[Copy, Path.Combine(directory, "copied back"), Repository, Path.Combine(directory, "restored")])
            Directory.Delete(left, recursive: true);
        _restic.Clear();
        _uncompressed.Clear();
    }

    public void Print()
    {
        Print("first snapshot", _first);
        Print("second snapshot, 1 % of it new", _second);
        Print("restore", _restore);
        Console.WriteLine(
            $"the second snapshot added {string.Join(", ", _added.Select(a => a.ToString("P2")))} of what the first one did, goal 2 %; "
            + "more where small segments were merged since, as they are now and then");
    }

    private static void Print(string what, RatioTable table)
    {
        Console.WriteLine();
        Console.WriteLine(what);
        table.Print();
    }

    /// <summary>Each round begins with another one: whoever is first finds memory that the system has at hand, the next one does not.</summary>
    private async Task<Measurement[]> OfAllAsync(params Func<Task>[] works)
    {
        Measurement[] measured = new Measurement[works.Length];
        for (int i = 0; i < works.Length; i++)
        {
            int at = (i + _roundCount) % works.Length;
            measured[at] = await OfAsync(works[at]);
        }

        return measured;
    }

    /// <summary>What was written before is on the disk, so that nothing but this has to go there.</summary>
    private async Task<Measurement> OfAsync(Func<Task> work)
    {
        await PeerCommand.RunAsync(new Dictionary<string, string>(), "sync");
        if (isCold)
            await File.WriteAllTextAsync(DropCaches, "1");
        long bytes = data.SegmentBytes;
        return await Measurement.OfAsync(async () =>
        {
            await work();
            return bytes;
        });
    }

    private static async Task CopyAsync(string from, string to)
    {
        await PeerCommand.RunAsync(new Dictionary<string, string>(), "cp", "-r", from, to);
        await PeerCommand.SyncAsync(to);
    }

    private async Task<SnapshotDescription> SnapshotAsync()
    {
        await using SnapshotRepository repository = await OpenAsync();
        return (await repository.CreateAsync(data.Engine)).Snapshot;
    }

    private async Task RestoreAsync()
    {
        await using SnapshotRepository repository = await OpenAsync();
        await repository.RestoreAsync(new RestoreOptions { Directory = Path.Combine(directory, "restored") });
    }

    private async Task<SnapshotRepository> OpenAsync() => await SnapshotRepository.OpenAsync(
        await RepositoryLocation.OpenAsync(Repository), BackupScenario.Key, makes: true);
}
