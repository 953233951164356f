namespace Varve.Client;

/// <summary>How a <see cref="Consumer"/> takes rows. Immutable.</summary>
public sealed record ConsumerOptions
{
    /// <summary>Names the member. Members of one name are one, so each needs its own; by default one that nobody else has.</summary>
    public string Member { get; init; } = $"{Environment.MachineName}/{Environment.ProcessId}/{Guid.NewGuid():N}";

    /// <summary>Rows of a batch at most, 1 to 65,536.</summary>
    public int MaxBatchRows { get; init; } = 1_000;

    /// <summary>Rows that this member has without having acknowledged them, those that wait in memory included.</summary>
    public int MaxUnacknowledgedRows { get; init; } = 4_000;

    /// <summary>Which columns, in this order, also <c>_offset</c> and <c>_time</c>; empty: all but those two.</summary>
    public IReadOnlyList<string> Columns { get; init; } = [];

    /// <summary>Batches that are neither acknowledged nor rejected are kept from being delivered again for so long after they were handed out.</summary>
    public TimeSpan HoldFor { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long the daemon may be away before reads and acknowledgements fail.</summary>
    public TimeSpan RetryFor { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>The wait before the first repetition; it doubles up to <see cref="RetryDelayMax"/>.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(50);

    public TimeSpan RetryDelayMax { get; init; } = TimeSpan.FromSeconds(2);
}
