namespace Varve.Storage.Log;

/// <summary>
/// Everyone who waits for the same commit. What they do next runs on the committing thread, unless they go elsewhere by themselves: the sequencer has the next
/// group on its way without a change of threads. Who keeps the thread keeps the log from committing.
/// </summary>
internal sealed class CommitRound
{
    private readonly TaskCompletionSource _done = new();

    public Task Done => _done.Task;

    /// <summary>The newest entry that the commit makes durable. Set when it starts.</summary>
    public LogPosition UpTo { get; set; }

    /// <summary>FASTER's address that must be on the disk. Set when it starts.</summary>
    public long Tail { get; set; }

    public void Complete() => _done.TrySetResult();

    public void Fail(StorageException failure)
    {
        _done.TrySetException(failure);
        // Perhaps nobody waits; then nobody needs to be told.
        _ = _done.Task.Exception;
    }
}
