using Varve.Backup;
using Varve.Storage;

namespace Varve.Server.Configuration;

/// <summary>Which settings of backups belong together, and what they come to.</summary>
internal static class BackupRules
{
    public static IEnumerable<string> Contradictions(VarveServerOptions.BackupSection backup)
    {
        int keyCount = new[] { backup.KeyFile, backup.KeyVariable, backup.KeyCommand }.Count(k => k.Length > 0);
        if (backup.Repository.Length > 0 && keyCount != 1)
        {
            yield return "Backup:Repository is set, so one of Backup:KeyFile, Backup:KeyVariable and Backup:KeyCommand must be: "
                + $"{keyCount} are";
        }

        if (backup.Repository.Length == 0 && keyCount > 0)
            yield return "a key for backups is set, but Backup:Repository is not: say where snapshots go, or take the key away";
        if (backup.Repository.Length == 0 && (backup.Every > TimeSpan.Zero || backup.Archive > TimeSpan.Zero || backup.DrillEvery > TimeSpan.Zero))
            yield return "Backup:Every, Backup:Archive or Backup:DrillEvery is set, but Backup:Repository is not: say where snapshots go";
        if (backup.Keep.Length > 0 && !KeepRules.TryParse(backup.Keep, out _))
            yield return $"Backup:Keep is '{backup.Keep}': allowed are {KeepRules.Allowed}";
    }

    /// <summary>The repositories in the order of the setting.</summary>
    public static IReadOnlyList<string> Repositories(VarveServerOptions.BackupSection backup) =>
        [.. backup.Repository.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct(StringComparer.Ordinal)];

    /// <summary>What is to be done with a repository by the clock.</summary>
    public static IEnumerable<BackupJob> Jobs(VarveServerOptions.BackupSection backup, string repository)
    {
        if (backup.Every > TimeSpan.Zero)
            yield return BackupJob.Snapshot;
        if (backup.Every > TimeSpan.Zero && backup.Keep.Length > 0)
            yield return BackupJob.Prune;
        if (backup.Archive > TimeSpan.Zero && repository == Repositories(backup)[0])
            yield return BackupJob.Archive;
        if (backup.DrillEvery > TimeSpan.Zero)
            yield return BackupJob.Drill;
    }

    /// <summary>Where drills are held.</summary>
    public static string ScratchDirectory(VarveServerOptions options) =>
        options.Backup.DrillDirectory.Length > 0 ? options.Backup.DrillDirectory : Path.Combine(options.Data.Directory, "drill");

    /// <param name="options">With a repository.</param>
    public static RootKeySource KeySource(VarveServerOptions options) =>
        options.Backup.KeyFile.Length > 0 ? RootKeySource.FromFile(options.Backup.KeyFile)
        : options.Backup.KeyVariable.Length > 0 ? RootKeySource.FromVariable(options.Backup.KeyVariable)
        : RootKeySource.FromCommand(options.Backup.KeyCommand, options.Keys.CommandTimeout);
}
