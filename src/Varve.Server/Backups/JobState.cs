using Varve.Backup.Journal;

namespace Varve.Server.Backups;

/// <summary>What is known of a job of a repository. Immutable.</summary>
/// <param name="IsRunning">Now.</param>
/// <param name="Last">Of the last run that is over; null: there was none.</param>
/// <param name="RunCount">Since the start.</param>
/// <param name="FailureCount">Since the start.</param>
/// <param name="TotalBytes">Since the start, as <see cref="JobOutcome.Bytes"/>.</param>
internal sealed record JobState(bool IsRunning, JobOutcome? Last, long RunCount, long FailureCount, long TotalBytes)
{
    public static readonly JobState None = new(false, null, 0, 0, 0);
}
