using Varve.Storage.Records;
using Varve.Storage.Streams;

namespace Varve.Storage.Sequencing;

/// <summary>A change of the catalog on its way through the sequencer; who asked for it awaits <see cref="Result"/>.</summary>
internal abstract class PendingChange : PendingOperation
{
    private readonly TaskCompletionSource<StreamDescription> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private LogRecord? _record;
    private LogPosition _position;
    private StreamState? _stream;

    /// <summary>The stream as the change left it.</summary>
    public Task<StreamDescription> Result => _result.Task;

    public sealed override bool Stage(StagedState state)
    {
        try
        {
            _record = Decide(state);
        }
        catch (StorageException refused)
        {
            Fail(refused);
            return false;
        }

        _position = state.Write(_record);
        return true;
    }

    public sealed override void Apply(StreamCatalog catalog)
    {
        // Looked up on both sides of the change: before it a new stream does not exist, after it a dropped one does not.
        _stream = catalog.Find(_record!.StreamId);
        catalog.Apply(_record, _position);
        _stream ??= catalog.Find(_record.StreamId);
    }

    public sealed override void Complete() => _result.TrySetResult(_stream!.Head.Description);

    public sealed override void Fail(Exception exception) => _result.TrySetException(exception);

    /// <summary>
    /// The record of the change, after which the staged state is as if it were applied. Throws a <see cref="StorageException"/> to refuse.
    /// </summary>
    protected abstract LogRecord Decide(StagedState state);
}
