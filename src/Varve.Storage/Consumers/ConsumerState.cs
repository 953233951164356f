using Varve.Storage.Records;

namespace Varve.Storage.Consumers;

/// <summary>
/// One consumer as the log says: its settings, and how far it is. Rows are numbered by offsets; each is passed once, as acknowledged, as a dead letter
/// or as missed, until a reset begins anew. Immutable.
/// </summary>
/// <remarks>
/// <c>Offset - StartOffset + Done.RowCount = Acknowledged + Dead + Missed</c>; whatever breaks that is damage, or an error of this program.
/// </remarks>
internal sealed record ConsumerState
{
    /// <summary>What a consumer takes in memory, about, as decided and as applied.</summary>
    public const long WeightBytes = 16 << 10;

    public required long Id { get; init; }

    public required long StreamId { get; init; }

    public required string Name { get; init; }

    public required ConsumerSettings Settings { get; init; }

    /// <summary>Microseconds since 1970-01-01 UTC, as all times here.</summary>
    public required long CreatedMicros { get; init; }

    public required long LastProgressMicros { get; init; }

    /// <summary>1, and one more with every reset.</summary>
    public required int Epoch { get; init; }

    public required long StartOffset { get; init; }

    /// <summary>All rows before it are passed.</summary>
    public required long Offset { get; init; }

    /// <summary>What is passed above <see cref="Offset"/>, which itself is not.</summary>
    public OffsetRanges Done { get; init; } = OffsetRanges.Empty;

    /// <summary>Of rows that are not passed.</summary>
    public FailedDeliveries Failed { get; init; } = FailedDeliveries.Empty;

    public long AcknowledgedRowCount { get; init; }

    public long DeadRowCount { get; init; }

    public long MissedRowCount { get; init; }

    public long FailedRowCount { get; init; }

    /// <summary>What of a range is not passed.</summary>
    public IEnumerable<OffsetRange> Open(OffsetRange range) =>
        range.End <= Offset ? [] : Done.Missing(range with { From = Math.Max(range.From, Offset) });

    /// <summary>Rows become passed, or failed once more. All must be open.</summary>
    /// <returns>Null where they do not fit.</returns>
    public ConsumerState? Apply(ConsumerProgressRecord record)
    {
        OffsetRanges done = Done;
        FailedDeliveries failed = Failed;
        long passedCount = 0;
        long failedCount = 0;
        foreach (OffsetRange range in record.Passed)
        {
            if (range.RowCount <= 0 || range.From < Offset || done.CountIn(range) > 0)
                return null;
            done = done.Add(range);
            failed = failed.Remove(range);
            passedCount += range.RowCount;
        }

        foreach (OffsetRange range in record.Failed)
        {
            if (range.RowCount <= 0 || range.From < Offset || done.CountIn(range) > 0)
                return null;
            failed = failed.Add(range);
            failedCount += range.RowCount;
        }

        return Above(Offset, done) with
        {
            Failed = failed,
            AcknowledgedRowCount = AcknowledgedRowCount + (record.IsDeadLetters ? 0 : passedCount),
            DeadRowCount = DeadRowCount + (record.IsDeadLetters ? passedCount : 0),
            FailedRowCount = FailedRowCount + failedCount + (record.IsDeadLetters ? passedCount : 0),
            LastProgressMicros = Math.Max(LastProgressMicros, record.TimeMicros),
        };
    }

    /// <summary>Begins anew at an offset; where that is null, where it is.</summary>
    public ConsumerState Reset(long? offset) => offset is not { } start
        ? this with { Epoch = Epoch + 1 }
        : this with
        {
            Epoch = Epoch + 1,
            StartOffset = start,
            Offset = start,
            Done = OffsetRanges.Empty,
            Failed = FailedDeliveries.Empty,
            AcknowledgedRowCount = 0,
            DeadRowCount = 0,
            MissedRowCount = 0,
            FailedRowCount = 0,
        };

    /// <summary>The rows before an offset are gone.</summary>
    public ConsumerState Trim(long firstOffset)
    {
        if (firstOffset <= Offset)
            return this;
        OffsetRange gone = new(Offset, firstOffset);
        return Above(firstOffset, Done.Remove(gone)) with
        {
            MissedRowCount = MissedRowCount + gone.RowCount - Done.CountIn(gone),
            Failed = Failed.Remove(gone),
        };
    }

    /// <summary>Why it cannot be; null: it can.</summary>
    public string? Problem()
    {
        if (Offset < StartOffset || Epoch < 1 || (Done.Items.Length > 0 && Done.Items[0].From <= Offset))
            return $"consumer {Id} of epoch {Epoch} began at {StartOffset} and is at {Offset}";
        if (Failed.Items.Any(f => f.From < Offset || f.Count < 1 || Done.CountIn(new OffsetRange(f.From, f.End)) > 0))
            return $"consumer {Id} has passed rows whose delivery failed";
        long passed = Offset - StartOffset + Done.RowCount;
        long counted = AcknowledgedRowCount + DeadRowCount + MissedRowCount;
        return passed == counted ? null : $"consumer {Id} has passed {passed} rows and counted {counted}";
    }

    private ConsumerState Above(long offset, OffsetRanges done)
    {
        long end = done.EndAt(offset);
        return this with { Offset = end, Done = done.Remove(new OffsetRange(offset, end)) };
    }
}
