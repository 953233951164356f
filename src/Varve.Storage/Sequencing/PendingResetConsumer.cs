using Varve.Storage.Consumers;
using Varve.Storage.Records;
using Varve.Storage.Streams;

namespace Varve.Storage.Sequencing;

/// <summary>A consumer to begin anew.</summary>
internal sealed class PendingResetConsumer(StreamState stream, string name, ConsumerStart start) : PendingConsumerChange(stream, name)
{
    /// <summary>Null: where it is. Throws <see cref="StorageErrorCode.OffsetOutOfRange"/>.</summary>
    public static long? OffsetOf(ConsumerStart start, StagedStream staged, string name)
    {
        switch (start)
        {
            case ConsumerStart.AtCurrent:
                return null;
            case ConsumerStart.AtEarliest:
                return staged.Segments.FirstOffset;
            case ConsumerStart.AtLatest:
                return staged.EndOffset;
            case ConsumerStart.AtOffset at when at.Offset >= staged.Segments.FirstOffset && at.Offset <= staged.EndOffset:
                return at.Offset;
            case ConsumerStart.AtOffset at:
                throw new StorageException(
                    StorageErrorCode.OffsetOutOfRange,
                    $"consumer '{name}' of stream '{staged.Name}' cannot begin at offset {at.Offset}: "
                    + $"the rows from {staged.Segments.FirstOffset} to {staged.EndOffset} are held");
            default:
                throw new ArgumentException($"a consumer cannot begin at {start}", nameof(start));
        }
    }

    protected override void Change(StagedState state, StagedStream staged, ConsumerState consumer) =>
        Write(state, new ResetConsumerRecord(staged.Id, state.Now(), consumer.Id, OffsetOf(start, staged, Name)));
}
