using Varve.Storage.Streams;

namespace Varve.Storage.Sequencing;

/// <summary>The end of the queue: everything before it is finished when <see cref="Reached"/> completes, and nothing behind it is accepted.</summary>
internal sealed class PendingClose(Action close) : PendingOperation
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Reached => _reached.Task;

    public override long LogBytesMax(int pageBytes) => 0;

    public override bool Stage(StagedState state)
    {
        close();
        return true;
    }

    public override void Apply(StreamCatalog catalog)
    {
    }

    public override void Complete() => _reached.TrySetResult();

    // A node that stopped before has nothing to finish.
    public override void Fail(Exception exception) => _reached.TrySetResult();
}
