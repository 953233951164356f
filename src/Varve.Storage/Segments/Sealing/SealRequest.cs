namespace Varve.Storage.Segments.Sealing;

/// <summary>Work that somebody asked the <see cref="SealService"/> for, and waits for. Served on its thread.</summary>
internal abstract class SealRequest
{
    private readonly TaskCompletionSource _result = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Result => _result.Task;

    public void Serve(SealWork work, Action pause)
    {
        try
        {
            Do(work, pause);
            _result.TrySetResult();
        }
        catch (OperationCanceledException stopped)
        {
            Fail(new StorageException(StorageErrorCode.NodeStopped, stopped.Message, stopped));
        }
        catch (StorageException refused)
        {
            Fail(refused);
        }
    }

    public void Fail(StorageException reason) => _result.TrySetException(reason);

    protected abstract void Do(SealWork work, Action pause);
}
