using System.CommandLine;
using Varve.Backup;
using Varve.Cli.CommandLine;

namespace Varve.Cli.Snapshots;

/// <summary>
/// What commands do with a repository: by themselves where they are given its key, else through the daemon, which has one. One thread.
/// </summary>
internal abstract class SnapshotAccess : IAsyncDisposable
{
    public abstract Task<IReadOnlyList<SnapshotDescription>> ListAsync(CancellationToken cancellation);

    /// <summary>Throws where there is none of that id.</summary>
    public abstract Task<SnapshotDescription> GetAsync(string id, CancellationToken cancellation);

    /// <param name="isFull">Whether everything is opened and decoded.</param>
    /// <param name="progress">Told where this process does it.</param>
    /// <param name="cancellation">Ends it.</param>
    public abstract Task<VerifyReport> VerifyAsync(bool isFull, IProgress<BackupProgress> progress, CancellationToken cancellation);

    /// <param name="keep">Which stay; null: all but the named.</param>
    /// <param name="named">Those that go.</param>
    /// <param name="isTrial">Whether it only says what would go.</param>
    /// <param name="cancellation">Ends it.</param>
    public abstract Task<PruneResult> PruneAsync(string? keep, IReadOnlyList<string> named, bool isTrial, CancellationToken cancellation);

    /// <param name="scratch">Where a command holds a drill by itself.</param>
    /// <param name="cancellation">Calls it off.</param>
    public abstract Task<DrillReport> DrillAsync(string scratch, CancellationToken cancellation);

    public abstract ValueTask DisposeAsync();

    /// <param name="repository">Which one.</param>
    /// <param name="connection">To the daemon.</param>
    /// <param name="parsed">The command line.</param>
    /// <param name="cancellation">Ends the opening.</param>
    /// <param name="bytesPerSecondMax">0: no limit. Only for a repository that this process opens.</param>
    public static async Task<SnapshotAccess> OpenAsync(
        RepositoryOptions repository, ConnectionOptions connection, ParseResult parsed, CancellationToken cancellation, long bytesPerSecondMax = 0)
    {
        if (repository.HasKey(parsed))
            return new OpenedSnapshots(await repository.OpenAsync(parsed, cancellation, bytesPerSecondMax));
        if (bytesPerSecondMax > 0)
            throw new CliException("--limit needs the repository's key, so that this command reads it; a daemon reads as its Backup:BytesPerSecondMax says", exitCode: 2);
        return new DaemonSnapshots(connection.Connect(parsed), repository.Location(parsed) ?? "");
    }

    public static RepositoryOptions Options() => new() { AsksDaemonWithoutKey = true };
}
