namespace Varve.Backup.Journal;

/// <summary>How a job went the last time. Immutable.</summary>
public sealed record JobOutcome
{
    public required DateTimeOffset StartedAt { get; init; }

    public required TimeSpan Duration { get; init; }

    /// <summary>Why it failed; null: it went well.</summary>
    public string? Error { get; init; }

    /// <summary>What it added to the repository; of a pruning, what it took away; of a drill, what it restored.</summary>
    public long Bytes { get; init; }

    /// <summary>When the last run that went well began; null: none has.</summary>
    public DateTimeOffset? LastSuccessAt { get; init; }
}
