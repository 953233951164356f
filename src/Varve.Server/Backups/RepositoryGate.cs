using Varve.Backup;

namespace Varve.Server.Backups;

/// <summary>
/// Keeps apart what the daemon does with one repository: a pruning takes away what others may need or have just found there. Short work waits for it, and
/// it for short work; long work begins behind it, and turns it away. Any thread.
/// </summary>
internal sealed class RepositoryGate : IDisposable
{
    private readonly SemaphoreSlim _removing = new(1);
    private int _longCount;

    /// <summary>For shipping a piece of the log.</summary>
    public async Task<T> ShortAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken)
    {
        await _removing.WaitAsync(cancellationToken);
        try
        {
            return await work();
        }
        finally
        {
            _removing.Release();
        }
    }

    /// <summary>For a snapshot, a drill or a look at everything; any number at once.</summary>
    public async Task<T> LongAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken)
    {
        await _removing.WaitAsync(cancellationToken);
        Interlocked.Increment(ref _longCount);
        _removing.Release();
        try
        {
            return await work();
        }
        finally
        {
            Interlocked.Decrement(ref _longCount);
        }
    }

    /// <summary>For a pruning. Throws <see cref="BackupErrorCode.Busy"/> while there is long work.</summary>
    public Task<T> RemoveAsync<T>(string repository, Func<Task<T>> work, CancellationToken cancellationToken) => ShortAsync(
        () => Volatile.Read(ref _longCount) == 0 ? work() : throw new BackupException(
            BackupErrorCode.Busy, $"the repository {repository} is busy: the daemon takes a snapshot into it, verifies it or holds a drill. Try again when that is done"),
        cancellationToken);

    public void Dispose() => _removing.Dispose();
}
