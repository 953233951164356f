using Varve.Storage.Consumers;
using Varve.Storage.Records;
using Varve.Storage.Streams;

namespace Varve.Storage.Sequencing;

/// <summary>A consumer to create; name and settings follow the rules already.</summary>
internal sealed class PendingCreateConsumer(StreamState stream, string name, ConsumerSettings settings, ConsumerStart start)
    : PendingConsumerOperation(stream)
{
    protected override ConsumerState Decide(StagedState state, StagedStream staged)
    {
        if (state.Consumers.TryFind(staged.Id, name, out _))
        {
            throw new StorageException(
                StorageErrorCode.ConsumerAlreadyExists, $"cannot create consumer '{name}': stream '{staged.Name}' has one of that name already");
        }

        long offset = PendingResetConsumer.OffsetOf(start, staged, name) ?? staged.Segments.FirstOffset;
        state.TakeForConsumer(name);
        CreateConsumerRecord record = new(staged.Id, state.Now(), state.Consumers.LastId + 1, offset, settings, name);
        Write(state, record);
        return state.Consumers.ById[record.ConsumerId];
    }
}
