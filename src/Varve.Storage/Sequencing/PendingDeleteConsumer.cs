using Varve.Storage.Consumers;
using Varve.Storage.Records;
using Varve.Storage.Streams;

namespace Varve.Storage.Sequencing;

/// <summary>A consumer to delete.</summary>
internal sealed class PendingDeleteConsumer(StreamState stream, string name) : PendingConsumerChange(stream, name)
{
    protected override void Change(StagedState state, StagedStream staged, ConsumerState consumer) =>
        Write(state, new DeleteConsumerRecord(staged.Id, state.Now(), consumer.Id));
}
