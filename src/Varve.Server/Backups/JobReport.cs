using Varve.Backup;

namespace Varve.Server.Backups;

/// <summary>How one job is. Immutable.</summary>
/// <param name="Job">Which.</param>
/// <param name="State">What is known of it.</param>
/// <param name="NextDue">Null: when somebody asks.</param>
/// <param name="Error">What is wrong; null: nothing.</param>
internal sealed record JobReport(BackupJob Job, JobState State, DateTimeOffset? NextDue, string? Error);
