using Varve.Backup;
using Varve.Backup.Repositories;
using Varve.Protocol.V1;

namespace Varve.Server.Errors;

/// <summary>The wire's codes for errors of backups.</summary>
internal static class BackupErrors
{
    public static ErrorCode ToWire(BackupErrorCode code) => code switch
    {
        BackupErrorCode.NotFound => ErrorCode.SnapshotNotFound,
        BackupErrorCode.Damaged => ErrorCode.RepositoryDamaged,
        BackupErrorCode.Busy => ErrorCode.RepositoryBusy,
        BackupErrorCode.Unsupported => ErrorCode.Unsupported,
        BackupErrorCode.NoRoom => ErrorCode.DiskFull,
        _ => ErrorCode.RepositoryRefused,
    };

    public static ErrorCode ToWire(RepositoryErrorCode code) => code switch
    {
        RepositoryErrorCode.NotFound or RepositoryErrorCode.NotAsWritten => ErrorCode.RepositoryDamaged,
        RepositoryErrorCode.PermissionDenied or RepositoryErrorCode.Full => ErrorCode.RepositoryRefused,
        _ => ErrorCode.RepositoryUnavailable,
    };
}
