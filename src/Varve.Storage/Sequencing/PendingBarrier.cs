using Varve.Storage.Streams;

namespace Varve.Storage.Sequencing;

/// <summary>Changes nothing; completes when everything before it has been given to the log and is durable.</summary>
internal sealed class PendingBarrier : PendingOperation
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Reached => _reached.Task;

    public override long LogBytesMax(int pageBytes) => 0;

    public override bool Stage(StagedState state) => true;

    public override void Apply(StreamCatalog catalog)
    {
    }

    public override void Complete() => _reached.TrySetResult();

    public override void Fail(Exception exception) => _reached.TrySetException(exception);
}
