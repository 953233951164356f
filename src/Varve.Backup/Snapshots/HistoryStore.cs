using Varve.Backup.Sealing;

namespace Varve.Backup.Snapshots;

/// <summary>Reads and replaces a node's history in a repository, in two copies: its keys are nowhere else once the node is lost. One thread.</summary>
internal sealed class HistoryStore(SealedRepository repository, Guid historyId)
{
    private static readonly string[] Copies = ["a", "b"];
    private static readonly SemaphoreSlim Updating = new(1);

    private readonly string _name = History.Folder + repository.NameOf(historyId.ToByteArray(bigEndian: true))[..32];

    private IReadOnlyList<string> _problems = [];

    /// <summary>The newest whole copy; null where there is none.</summary>
    public async Task<History?> ReadAsync(CancellationToken cancellationToken)
    {
        History? newest = null;
        List<string> problems = [];
        foreach (string copy in Copies)
        {
            string name = $"{_name}-{copy}";
            try
            {
                History found = History.Read(await repository.ReadAsync(ObjectKind.History, name, cancellationToken).ConfigureAwait(false), name);
                newest = newest is null || found.Number > newest.Number ? found : newest;
            }
            catch (BackupException e) when (e.Code == BackupErrorCode.Damaged)
            {
                problems.Add(e.Message);
            }
        }

        _problems = problems;
        return newest;
    }

    /// <summary>What is wrong with the history that was read, next to the snapshots that are there; a line each.</summary>
    /// <param name="history">What was read; null where there was none.</param>
    /// <param name="snapshots">Those of this history.</param>
    /// <param name="damaged">The ids of snapshots that cannot be read, so that it is not known whose they are.</param>
    public IReadOnlyList<string> ProblemsOf(History? history, IReadOnlyList<SnapshotManifest> snapshots, IEnumerable<string> damaged)
    {
        long newest = snapshots.Select(s => s.HistoryNumber).DefaultIfEmpty().Max();
        if (history is null && newest == 0)
            return [];
        List<string> problems = [.. _problems];
        if (history is not null && history.Number < newest)
            problems.Add($"object {_name} is of writing {history.Number}, but snapshots need writing {newest}: an older copy was put back");

        HashSet<string> there = [.. snapshots.Select(s => s.Id), .. damaged];
        foreach (string missing in (history?.SnapshotIds ?? []).Where(id => !there.Contains(id)))
            problems.Add($"object {SnapshotManifest.Folder}{missing} is missing: that snapshot is lost");
        return problems;
    }

    /// <summary>
    /// Changes what is there; both copies are durable when it completes. A snapshot and an archive of one process may do so at the same time. Returns the
    /// history as it is then.
    /// </summary>
    /// <param name="change">Is given the history, of writing 0 where there is none; null: it stays as it is.</param>
    /// <param name="cancellationToken">Ends it between the copies.</param>
    public async Task<History> UpdateAsync(Func<History, History?> change, CancellationToken cancellationToken)
    {
        await Updating.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            History before = await ReadAsync(cancellationToken).ConfigureAwait(false) ?? new History(0, null, []);
            if (change(before) is not { } changed)
                return before;
            changed = changed with { Number = Math.Max(changed.Number, before.Number) + 1 };
            foreach (string copy in Copies)
                await repository.PutAsync(ObjectKind.History, $"{_name}-{copy}", changed.ToBytes(), replaces: true, cancellationToken).ConfigureAwait(false);
            return changed;
        }
        finally
        {
            Updating.Release();
        }
    }
}
