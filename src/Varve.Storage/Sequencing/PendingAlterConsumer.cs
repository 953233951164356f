using Varve.Storage.Consumers;
using Varve.Storage.Records;
using Varve.Storage.Streams;

namespace Varve.Storage.Sequencing;

/// <summary>Settings for a consumer, which take the place of those that it has. They follow the rules already.</summary>
internal sealed class PendingAlterConsumer(StreamState stream, string name, ConsumerSettings settings) : PendingConsumerChange(stream, name)
{
    protected override void Change(StagedState state, StagedStream staged, ConsumerState consumer) =>
        Write(state, new AlterConsumerRecord(staged.Id, state.Now(), consumer.Id, settings));
}
