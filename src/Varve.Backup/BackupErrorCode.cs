namespace Varve.Backup;

/// <summary>What kind of failure a <see cref="BackupException"/> reports.</summary>
public enum BackupErrorCode
{
    /// <summary>No such repository, snapshot, position or stream.</summary>
    NotFound = 1,

    /// <summary>Objects of the repository are missing, or not what was written.</summary>
    Damaged = 2,

    /// <summary>The repository's key is missing, or another one.</summary>
    KeyMismatch = 3,

    /// <summary>The place to restore to is taken, or an object's name is, which only this node should use.</summary>
    AlreadyExists = 4,

    /// <summary>Somebody else is at work on the repository, in a way that does not go together with this.</summary>
    Busy = 5,

    /// <summary>Valid, but not something that this version can do.</summary>
    Unsupported = 6,

    /// <summary>There is too little room on this machine.</summary>
    NoRoom = 7,
}
