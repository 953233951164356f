namespace Varve.Backup;

/// <summary>What a look at a repository found.</summary>
public sealed record VerifyReport
{
    public required int SnapshotCount { get; init; }

    /// <summary>Pieces that the snapshots need, all of them looked at by length.</summary>
    public required int ObjectCount { get; init; }

    /// <summary>Of these, how many were read, opened and found to be what was written.</summary>
    public required int OpenedCount { get; init; }

    /// <summary>Segments that were decoded, page by page.</summary>
    public required int DecodedSegmentCount { get; init; }

    /// <summary>What is missing or damaged, a line each; empty where all is well.</summary>
    public required IReadOnlyList<string> Problems { get; init; }
}
