using Varve.Backup.Sealing;

namespace Varve.Backup.Snapshots;

/// <summary>Reads and replaces a node's history in a repository, in two copies: its keys are nowhere else once the node is lost. One thread at a time.</summary>
internal sealed class HistoryStore(SealedRepository repository, Guid historyId)
{
    private static readonly string[] Copies = ["a", "b"];

    private readonly string _name = History.Folder + repository.NameOf(historyId.ToByteArray(bigEndian: true))[..32];

    /// <summary>What was wrong with the copies at the last reading.</summary>
    public IReadOnlyList<string> Problems { get; private set; } = [];

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

        Problems = problems;
        return newest;
    }

    /// <summary>Both copies are durable when it completes.</summary>
    public async Task WriteAsync(History history, CancellationToken cancellationToken)
    {
        foreach (string copy in Copies)
            await repository.PutAsync(ObjectKind.History, $"{_name}-{copy}", history.ToBytes(), replaces: true, cancellationToken).ConfigureAwait(false);
    }
}
