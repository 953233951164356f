namespace Varve.Backup;

/// <summary>A backup, a restore or a look at a repository that failed. The message says what was tried, what was found and what to do.</summary>
public sealed class BackupException(BackupErrorCode code, string message, Exception? inner = null) : Exception(message, inner)
{
    public BackupErrorCode Code { get; } = code;
}
