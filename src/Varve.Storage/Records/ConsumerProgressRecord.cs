using System.Collections.Immutable;

namespace Varve.Storage.Records;

/// <summary>Rows that a consumer is through with, and rows whose delivery failed; none of them was passed before.</summary>
/// <param name="StreamId">Its stream.</param>
/// <param name="TimeMicros">When.</param>
/// <param name="ConsumerId">The consumer.</param>
/// <param name="Passed">Rising, disjoint.</param>
/// <param name="Failed">The same, and disjoint from those.</param>
internal sealed record ConsumerProgressRecord(
    long StreamId, long TimeMicros, long ConsumerId, ImmutableArray<OffsetRange> Passed, ImmutableArray<OffsetRange> Failed)
    : ConsumerRecord(StreamId, TimeMicros, ConsumerId)
{
    /// <summary>The passed rows are those of the group around this record, which is applied with them: they go to the dead letters.</summary>
    public bool IsDeadLetters { get; init; }
}
