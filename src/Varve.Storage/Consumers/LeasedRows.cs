namespace Varve.Storage.Consumers;

/// <summary>Rows that a member has. For the holder of the lock of <see cref="ConsumerGroup"/>.</summary>
internal sealed class LeasedRows(long id, string member, OffsetRange rows, int failureCount)
{
    public long Id { get; } = id;

    public string Member { get; } = member;

    /// <summary>How many deliveries of these rows failed before.</summary>
    public int FailureCount { get; } = failureCount;

    /// <summary>What is not passed.</summary>
    public OffsetRanges Open { get; set; } = OffsetRanges.Empty.Add(rows);

    /// <summary>When it runs out, by the group's clock.</summary>
    public TimeSpan EndsAt { get; set; }

    /// <summary>It is over, and what follows from that is on its way to the log.</summary>
    public bool IsEnding { get; set; }
}
