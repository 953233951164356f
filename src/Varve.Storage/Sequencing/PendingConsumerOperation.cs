using Varve.Storage.Consumers;
using Varve.Storage.Records;
using Varve.Storage.Streams;

namespace Varve.Storage.Sequencing;

/// <summary>A change of a consumer on its way through the sequencer; who asked for it awaits <see cref="Result"/>.</summary>
internal abstract class PendingConsumerOperation(StreamState stream) : PendingOperation
{
    private readonly TaskCompletionSource<ConsumerState> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<(LogRecord Record, LogPosition Position)> _written = [];
    private ConsumerState? _consumer;

    /// <summary>The consumer as the change left it. What that rests on is durable.</summary>
    public Task<ConsumerState> Result => _result.Task;

    protected StreamState Stream => stream;

    public sealed override bool Stage(StagedState state)
    {
        try
        {
            if (!state.TryFind(stream.Id, out StagedStream? staged))
                throw PendingDrop.Dropped("consume", stream.Name);
            _consumer = Decide(state, staged);
            return true;
        }
        catch (StorageException refused)
        {
            Fail(refused);
            return false;
        }
    }

    public sealed override void Apply(StreamCatalog catalog)
    {
        foreach ((LogRecord record, LogPosition position) in _written)
            catalog.Apply(record, position);
    }

    public sealed override void Complete() => _result.TrySetResult(_consumer!);

    public sealed override void Fail(Exception exception) => _result.TrySetException(exception);

    /// <summary>Writes records, or none where nothing changes, and returns the consumer. Throws before the first of them to refuse.</summary>
    protected abstract ConsumerState Decide(StagedState state, StagedStream staged);

    protected void Write(StagedState state, ConsumerRecord record)
    {
        state.ChangeConsumers(record);
        _written.Add((record, state.Write(record)));
    }
}
