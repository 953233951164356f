namespace Varve.Backup.Repositories;

/// <summary>A call to a repository that failed. The message says what was tried, where, and what was found; it has no credentials.</summary>
public sealed class RepositoryException(RepositoryErrorCode code, string message, Exception? inner = null) : Exception(message, inner)
{
    public RepositoryErrorCode Code { get; } = code;
}
