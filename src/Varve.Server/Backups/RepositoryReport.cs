using Varve.Server.Configuration;

namespace Varve.Server.Backups;

/// <summary>How the backups into one repository are. Immutable.</summary>
/// <param name="Location">As the configuration names it.</param>
/// <param name="Settings">What is set.</param>
/// <param name="Jobs">In their order.</param>
/// <param name="Lag">Of the archive; null where it is not here.</param>
internal sealed record RepositoryReport(
    string Location, VarveServerOptions.BackupSection Settings, IReadOnlyList<JobReport> Jobs, ArchiveLag? Lag);
