using Varve.Storage;

namespace Varve.Backup;

/// <summary>A data directory that was restored, and opened once to prove it.</summary>
public sealed record RestoreResult
{
    public required string Directory { get; init; }

    public required string SnapshotId { get; init; }

    /// <summary>Everything up to this position of the node that was backed up is there.</summary>
    public required long Position { get; init; }

    public required int StreamCount { get; init; }

    public required long RowCount { get; init; }

    /// <summary>What each of them holds by the catalog that was restored.</summary>
    internal IReadOnlyList<(string Name, OffsetRange Rows)> Streams { get; init; } = [];

    /// <summary>Streams of the snapshot that were left out, because others were asked for.</summary>
    public required int LeftOutCount { get; init; }

    /// <summary>The names of streams that cannot be restored: they were dropped since, and their keys erased.</summary>
    public required IReadOnlyList<string> Erased { get; init; }
}
