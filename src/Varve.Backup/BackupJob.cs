namespace Varve.Backup;

/// <summary>What is done with a repository again and again.</summary>
public enum BackupJob
{
    /// <summary>A snapshot is taken.</summary>
    Snapshot = 1,

    /// <summary>Snapshots that rules do not keep are removed.</summary>
    Prune = 2,

    /// <summary>The log is shipped.</summary>
    Archive = 3,

    /// <summary>The newest snapshot is restored to a scratch place and compared.</summary>
    Drill = 4,
}
