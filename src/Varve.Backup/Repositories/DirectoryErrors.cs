using Varve.Backup.Pace;
using Varve.Storage.FileSystem;

namespace Varve.Backup.Repositories;

/// <summary>Runs work on a directory on a thread of backups, and says in the words of <see cref="RepositoryException"/> why it failed.</summary>
/// <remarks>
/// A mounted directory whose server is gone lets a call hang in the kernel, where nothing reaches it. Whoever waits is let go, when he calls it off or
/// when it takes too long; the thread stays until the kernel returns. What it does then is whole all the same: nothing has its name before it is.
/// </remarks>
internal static class DirectoryErrors
{
    /// <summary>As long as an object store gets, with all its tries.</summary>
    private static readonly TimeSpan CallTimeout = TimeSpan.FromMinutes(8);

    public static async Task<T> RunAsync<T>(string what, bool givesWay, Func<T> action, CancellationToken cancellationToken)
    {
        try
        {
            return await BackupThreads.RunAsync(givesWay, action, cancellationToken).WaitAsync(CallTimeout, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RepositoryException(CodeOf(e), $"{what}: {e.Message}", e);
        }
        catch (TimeoutException e)
        {
            throw new RepositoryException(RepositoryErrorCode.Unreachable, $"{what}: no answer in {CallTimeout.TotalMinutes} minutes", e);
        }
    }

    private static RepositoryErrorCode CodeOf(Exception failure) => failure switch
    {
        IOException when Errno.IsDiskFull(failure) => RepositoryErrorCode.Full,
        IOException { HResult: Errno.NoEntry } => RepositoryErrorCode.NotFound,
        IOException { HResult: Errno.NotPermitted or Errno.AccessDenied or Errno.ReadOnlyFileSystem } or UnauthorizedAccessException =>
            RepositoryErrorCode.PermissionDenied,
        _ => RepositoryErrorCode.Unreachable,
    };
}
