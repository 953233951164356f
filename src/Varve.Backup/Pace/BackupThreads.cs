namespace Varve.Backup.Pace;

/// <summary>
/// The threads that carry out what backups do on disks and compute, so that none of the pool's, which answer appends, is blocked by it. Where backups give
/// way they are others, below the priority of all that serves. Any thread.
/// </summary>
internal static class BackupThreads
{
    /// <summary>How many are at work is for the callers to say. More only hang together where the servers of mounted directories do not answer.</summary>
    private const int CountMax = 64;

    /// <summary>A tenth of the processor's time where threads of normal priority want all of it: work goes on, but does not get in their way.</summary>
    private const int Niceness = 10;

    private static readonly TaskFactory Free = new(new DedicatedScheduler(CountMax, 0, "varve-backup"));
    private static readonly TaskFactory Yielding = new(new DedicatedScheduler(CountMax, Niceness, "varve-backup-low"));

    /// <summary>Runs work that waits for no other of these threads.</summary>
    /// <param name="givesWay">Whether others want disk and processors at the moment.</param>
    /// <param name="work">Blocks or computes.</param>
    /// <param name="cancellationToken">Calls it off as long as it did not begin.</param>
    public static Task<T> RunAsync<T>(bool givesWay, Func<T> work, CancellationToken cancellationToken) =>
        (givesWay ? Yielding : Free).StartNew(work, cancellationToken);

    /// <inheritdoc cref="RunAsync{T}"/>
    public static Task RunAsync(bool givesWay, Action work, CancellationToken cancellationToken) =>
        (givesWay ? Yielding : Free).StartNew(work, cancellationToken);
}
