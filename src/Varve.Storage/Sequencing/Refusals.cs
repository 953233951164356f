using Varve.Storage.Producers;

namespace Varve.Storage.Sequencing;

/// <summary>What appends are told that come on terms which do not hold.</summary>
internal static class Refusals
{
    public static StorageException OffsetMismatch(string stream, long expected, long found) => new(
        StorageErrorCode.OffsetMismatch,
        $"cannot append to stream '{stream}': expected its end at offset {expected}, found it at {found}; nothing was appended");

    public static StorageException BehindRefused(string stream) => new(
        StorageErrorCode.OutOfSequence, $"cannot append to stream '{stream}': an append before it was refused, and this one came behind it");

    public static StorageException Unknown(ProducerSequence asked, string stream) => new(
        StorageErrorCode.ProducerNotFound,
        $"cannot append to stream '{stream}': producer {asked.ProducerId} is not known; it was never opened, or forgotten because it was not used");

    public static StorageException Fenced(ProducerState producer, ProducerSequence asked, string stream) => new(
        StorageErrorCode.ProducerFenced,
        $"cannot append to stream '{stream}': expected epoch {producer.Epoch} of producer '{producer.Name}', found {asked.Epoch}; "
        + "it was opened again, and only its newest session appends");

    public static StorageException Gap(ProducerState producer, ProducerSequence asked, string stream) => new(
        StorageErrorCode.OutOfSequence,
        $"cannot append to stream '{stream}': expected append {producer.NextSequence} of producer '{producer.Name}', found {asked.Sequence}; "
        + "those between are missing");

    public static StorageException AnswerNotKept(ProducerState producer, long sequence, string stream) => new(
        StorageErrorCode.AlreadyAppended,
        $"append {sequence} of producer '{producer.Name}' to stream '{stream}' was taken before, and its answer is not kept any more: "
        + $"the newest {ProducerState.KeptBatchesMax} are. Its rows are there once");

    public static StorageException AnotherHadItsNumber(ProducerState producer, ProducedBatch first, PendingBatch now) => new(
        StorageErrorCode.OutOfSequence,
        $"cannot append {now.Rows.RowCount} rows to stream '{now.Stream.Name}' as append {first.Sequence} of producer '{producer.Name}': that number "
        + $"was taken by another, whose first batch has {first.RowCount} rows of stream {first.StreamId}");
}
