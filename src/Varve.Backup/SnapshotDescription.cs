namespace Varve.Backup;

/// <summary>A snapshot as a list shows it.</summary>
public sealed record SnapshotDescription
{
    public required string Id { get; init; }

    public required Guid NodeId { get; init; }

    public required DateTimeOffset TakenAt { get; init; }

    /// <summary>Everything up to this position of the node's log is in it, and nothing behind.</summary>
    public required long Position { get; init; }

    public required long StreamCount { get; init; }

    public required long RowCount { get; init; }

    public required int SegmentCount { get; init; }

    /// <summary>What it takes in the repository, objects that it shares with others included.</summary>
    public required long Bytes { get; init; }

    /// <summary>What it added to the repository when it was taken.</summary>
    public required long AddedBytes { get; init; }

    /// <summary>The streams that alone are in it; none: all of the node.</summary>
    public IReadOnlyList<string> OnlyStreams { get; init; } = [];

    /// <summary>Why it cannot be read, where it cannot; all numbers are zero then.</summary>
    public string? Damage { get; init; }
}
