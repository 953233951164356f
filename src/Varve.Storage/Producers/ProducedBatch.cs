namespace Varve.Storage.Producers;

/// <summary>What a producer's append became, for whoever asks again.</summary>
/// <param name="Sequence">The append, of which this may be one batch of several.</param>
/// <param name="StreamId">Where the rows are.</param>
/// <param name="FirstOffset">The offset of the first.</param>
/// <param name="RowCount">At least 1.</param>
/// <param name="Position">The entry that made the append visible.</param>
internal readonly record struct ProducedBatch(long Sequence, long StreamId, long FirstOffset, int RowCount, LogPosition Position);
