using Varve.Storage.Consumers;
using Varve.Storage.Records;
using Varve.Storage.Streams;

namespace Varve.Storage.Sequencing;

/// <summary>Rows that members of a consumer are through with, or whose delivery failed. What was passed before counts for nothing.</summary>
/// <param name="stream">The consumer's.</param>
/// <param name="name">Of the consumer.</param>
/// <param name="epoch">In which the rows were delivered; null: in whatever epoch it is.</param>
/// <param name="passed">In any order.</param>
/// <param name="failed">The same.</param>
internal sealed class PendingProgress(
    StreamState stream, string name, int? epoch, IReadOnlyList<OffsetRange> passed, IReadOnlyList<OffsetRange> failed)
    : PendingConsumerChange(stream, name)
{
    /// <summary>Where the consumer must be; null: anywhere.</summary>
    public long? ExpectedOffset { get; init; }

    /// <summary>All rows before it are passed too; null: none.</summary>
    public long? UpTo { get; init; }

    /// <summary>Rows that were not passed before.</summary>
    public long PassedCount { get; private set; }

    protected override void Change(StagedState state, StagedStream staged, ConsumerState consumer)
    {
        Check(staged, consumer);
        IEnumerable<OffsetRange> all = UpTo > consumer.Offset ? passed.Append(new OffsetRange(consumer.Offset, UpTo.Value)) : passed;
        OffsetRanges asked = OffsetRanges.Of(all);
        OffsetRange[] open = [.. asked.Items.SelectMany(consumer.Open)];
        OffsetRange[] failing = [.. OffsetRanges.Of(failed).Items.SelectMany(consumer.Open).SelectMany(asked.Missing)];
        if (consumer.Done.Items.Length + open.Length > ConsumerRules.RangesMax)
            throw TooManyRanges(staged, consumer);
        PassedCount = open.Sum(r => r.RowCount);
        long now = state.Now();
        foreach (OffsetRange[] ranges in open.Chunk(ConsumerRules.RangesPerRecordMax))
            Write(state, new ConsumerProgressRecord(staged.Id, now, consumer.Id, [.. ranges], []));
        foreach (OffsetRange[] ranges in failing.Chunk(ConsumerRules.RangesPerRecordMax))
            Write(state, new ConsumerProgressRecord(staged.Id, now, consumer.Id, [], [.. ranges]));
    }

    private void Check(StagedStream staged, ConsumerState consumer)
    {
        if (epoch is { } of && of != consumer.Epoch)
            throw Fenced(staged.Name, consumer, of);
        if (ExpectedOffset is { } expected && expected != consumer.Offset)
        {
            throw new StorageException(
                StorageErrorCode.OffsetMismatch,
                $"cannot commit offset {UpTo} of consumer '{Name}' of stream '{staged.Name}': expected it at offset {expected}, "
                + $"found it at {consumer.Offset}; somebody else moved it");
        }

        foreach (OffsetRange range in passed.Append(new OffsetRange(0, UpTo ?? 0)))
        {
            if (range.From < 0 || range.End < range.From || range.End > staged.EndOffset)
            {
                throw new StorageException(
                    StorageErrorCode.OffsetOutOfRange,
                    $"cannot acknowledge the rows {range} for consumer '{Name}' of stream '{staged.Name}', which ends at offset {staged.EndOffset}");
            }
        }
    }

    public static StorageException Fenced(string stream, ConsumerState consumer, int epoch) => new(
        StorageErrorCode.ConsumerFenced,
        $"cannot acknowledge for consumer '{consumer.Name}' of stream '{stream}': expected epoch {consumer.Epoch}, found {epoch}; it was reset since");

    private StorageException TooManyRanges(StagedStream staged, ConsumerState consumer) => new(
        StorageErrorCode.MemoryLimit,
        $"cannot acknowledge for consumer '{Name}' of stream '{staged.Name}': {consumer.Done.Items.Length} ranges above offset {consumer.Offset} are "
        + $"acknowledged, at most {ConsumerRules.RangesMax} are kept; acknowledge the rows between them first");
}
