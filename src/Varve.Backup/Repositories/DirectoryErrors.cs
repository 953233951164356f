using Varve.Storage.FileSystem;

namespace Varve.Backup.Repositories;

/// <summary>Runs work on a directory on a pool thread, and says in the words of <see cref="RepositoryException"/> why it failed.</summary>
internal static class DirectoryErrors
{
    public static Task<T> RunAsync<T>(string what, Func<T> action, CancellationToken cancellationToken) => Task.Run(
        () =>
        {
            try
            {
                return action();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new RepositoryException(CodeOf(e), $"{what}: {e.Message}", e);
            }
        },
        cancellationToken);

    private static RepositoryErrorCode CodeOf(Exception failure) => failure switch
    {
        IOException when Errno.IsDiskFull(failure) => RepositoryErrorCode.Full,
        IOException { HResult: Errno.NoEntry } => RepositoryErrorCode.NotFound,
        IOException { HResult: Errno.NotPermitted or Errno.AccessDenied or Errno.ReadOnlyFileSystem } or UnauthorizedAccessException =>
            RepositoryErrorCode.PermissionDenied,
        _ => RepositoryErrorCode.Unreachable,
    };
}
