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

    public abstract Task<VerifyReport> VerifyAsync(bool isFull, CancellationToken cancellation);

    /// <param name="keep">Which stay; null: all but the named.</param>
    /// <param name="named">Those that go.</param>
    /// <param name="isTrial">Whether it only says what would go.</param>
    /// <param name="cancellation">Ends it.</param>
    public abstract Task<PruneResult> PruneAsync(string? keep, IReadOnlyList<string> named, bool isTrial, CancellationToken cancellation);

    /// <param name="scratch">Where a command holds a drill by itself.</param>
    /// <param name="cancellation">Calls it off.</param>
    public abstract Task<DrillReport> DrillAsync(string scratch, CancellationToken cancellation);

    public abstract ValueTask DisposeAsync();

    public static async Task<SnapshotAccess> OpenAsync(
        RepositoryOptions repository, ConnectionOptions connection, ParseResult parsed, CancellationToken cancellation) =>
        repository.HasKey(parsed)
            ? new OpenedSnapshots(await repository.OpenAsync(parsed, cancellation))
            : new DaemonSnapshots(connection.Connect(parsed), repository.Location(parsed) ?? "");

    public static RepositoryOptions Options() => new() { AsksDaemonWithoutKey = true };
}
