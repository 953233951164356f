using Varve.Storage.Consumers;
using Varve.Storage.Streams;

namespace Varve.Storage.Sequencing;

/// <summary>A change of a consumer that exists.</summary>
internal abstract class PendingConsumerChange(StreamState stream, string name) : PendingConsumerOperation(stream)
{
    protected string Name => name;

    protected sealed override ConsumerState Decide(StagedState state, StagedStream staged)
    {
        if (!state.Consumers.TryFind(staged.Id, name, out ConsumerState? consumer))
            throw ConsumerRules.NotFound(staged.Name, name);
        Change(state, staged, consumer);

        // One that was deleted is returned as it was.
        return state.Consumers.TryFind(consumer.Id, out ConsumerState? changed) ? changed : consumer;
    }

    /// <inheritdoc cref="PendingConsumerOperation.Decide"/>
    protected abstract void Change(StagedState state, StagedStream staged, ConsumerState consumer);
}
