namespace Varve.Storage.Log;

/// <summary>Everyone who waits for the same commit.</summary>
internal sealed class CommitRound
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

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
