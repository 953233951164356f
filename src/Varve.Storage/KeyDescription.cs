namespace Varve.Storage;

/// <summary>One key of a node, without its secret.</summary>
public sealed record KeyDescription
{
    /// <summary>The stream that it seals; null: the node's own, which seals what streams are called and what columns they have.</summary>
    public required string? Stream { get; init; }

    /// <summary>From 1; grows with every rotation.</summary>
    public required int Version { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Whether new records and segments are sealed with it. Older versions stay for as long as something is left that they sealed.</summary>
    public required bool IsCurrent { get; init; }

    /// <summary>Segments that are sealed with it.</summary>
    public required int SegmentCount { get; init; }

    /// <summary>Whether the log may have records that are sealed with it.</summary>
    public required bool IsInLog { get; init; }
}
