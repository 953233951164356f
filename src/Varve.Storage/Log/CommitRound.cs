namespace Varve.Storage.Log;

/// <summary>Everyone who waits for the same commit.</summary>
internal sealed class CommitRound
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _doneInPlace = new();

    public Task Done => _done.Task;

    /// <summary>As <see cref="Done"/>, but what awaits it goes on on the committing thread, before anyone else.</summary>
    public Task DoneInPlace => _doneInPlace.Task;

    /// <summary>The newest entry that the commit makes durable. Set when it starts.</summary>
    public LogPosition UpTo { get; set; }

    /// <summary>FASTER's address that must be on the disk. Set when it starts.</summary>
    public long Tail { get; set; }

    public void Complete()
    {
        _doneInPlace.TrySetResult();
        _done.TrySetResult();
    }

    public void Fail(StorageException failure)
    {
        _doneInPlace.TrySetException(failure);
        _done.TrySetException(failure);

        // One of them nobody awaits; it has nobody to be told.
        _ = _doneInPlace.Task.Exception;
        _ = _done.Task.Exception;
    }
}
