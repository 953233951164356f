using Varve.Storage.Streams;

namespace Varve.Storage.Sequencing;

/// <summary>Takes an id for a stream to come. Nothing is written: an id that is not used is lost with this life of the node.</summary>
internal sealed class PendingStreamId : PendingOperation
{
    private readonly TaskCompletionSource<long> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<long> Result => _result.Task;

    public override long LogBytesMax(int pageBytes) => 0;

    public override bool Stage(StagedState state)
    {
        _result.TrySetResult(state.TakeStreamId());
        return false;
    }

    public override void Apply(StreamCatalog catalog)
    {
    }

    public override void Complete()
    {
    }

    public override void Fail(Exception exception) => _result.TrySetException(exception);
}
