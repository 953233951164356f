namespace Varve.Storage;

/// <summary>A consumer as it was visible at one moment. Immutable.</summary>
public sealed record ConsumerDescription
{
    public required string Stream { get; init; }

    public required string Name { get; init; }

    public required ConsumerSettings Settings { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Which beginning this is, from 1: every reset adds 1, and acknowledgements of earlier ones are refused.</summary>
    public required int Epoch { get; init; }

    /// <summary>Where it began, or was reset to.</summary>
    public required long StartOffset { get; init; }

    /// <summary>Every row before this one is acknowledged, gone to the dead letters, or was missed.</summary>
    public required long Offset { get; init; }

    /// <summary>What is acknowledged or gone to the dead letters from <see cref="Offset"/> on, in the order of offsets, without overlap.</summary>
    public required IReadOnlyList<OffsetRange> DoneAbove { get; init; }

    /// <summary>The end of its stream.</summary>
    public required long EndOffset { get; init; }

    /// <summary>Rows of the stream that the consumer is not through with.</summary>
    public long LagRowCount => EndOffset - Offset - DoneAbove.Sum(r => r.RowCount);

    /// <summary>Rows that were acknowledged since it began or was reset, each counted once.</summary>
    public required long AcknowledgedRowCount { get; init; }

    /// <summary>Rows that went to the dead letters since then.</summary>
    public required long DeadRowCount { get; init; }

    /// <summary>Rows that retention let go of before they were acknowledged, since then.</summary>
    public required long MissedRowCount { get; init; }

    /// <summary>Deliveries of rows that failed, since then.</summary>
    public required long FailedRowCount { get; init; }

    /// <summary>Rows that are with a member now, or on their way back, and not acknowledged.</summary>
    public required long LeasedRowCount { get; init; }

    /// <summary>Rows of which a delivery failed, and which are not acknowledged.</summary>
    public required long RetriedRowCount { get; init; }

    /// <summary>Members that hold rows now.</summary>
    public required IReadOnlyList<string> Members { get; init; }

    /// <summary>When its progress changed last.</summary>
    public required DateTimeOffset LastProgressAt { get; init; }

    /// <summary>Why dead letters could not be stored the last time that was tried; they are tried again. Null: they could.</summary>
    public required string? DeadLetterProblem { get; init; }
}
