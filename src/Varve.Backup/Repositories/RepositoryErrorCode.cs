namespace Varve.Backup.Repositories;

/// <summary>What kind of failure of a repository a <see cref="RepositoryException"/> reports.</summary>
public enum RepositoryErrorCode
{
    /// <summary>It is not there, does not answer, or answers with errors of its own. Another try may succeed.</summary>
    Unreachable = 1,

    /// <summary>There is no such object.</summary>
    NotFound = 2,

    /// <summary>Credentials are missing, wrong, or do not allow this.</summary>
    PermissionDenied = 3,

    /// <summary>There is no room, or a quota is used up.</summary>
    Full = 4,

    /// <summary>What was read back is not what was written.</summary>
    NotAsWritten = 5,
}
