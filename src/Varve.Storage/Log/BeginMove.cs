namespace Varve.Storage.Log;

/// <summary>Where the log is to begin from now on, and whoever waits until that is durable.</summary>
internal sealed class BeginMove(long address, LogPosition position)
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>FASTER's address of the first entry.</summary>
    public long Address { get; } = address;

    public LogPosition Position { get; } = position;

    public Task Done => _done.Task;

    public void Complete() => _done.TrySetResult();

    public void Fail(StorageException failure) => _done.TrySetException(failure);
}
