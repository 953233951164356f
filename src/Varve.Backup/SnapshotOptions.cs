namespace Varve.Backup;

/// <summary>How a snapshot is taken.</summary>
public sealed record SnapshotOptions
{
    /// <summary>
    /// Only these streams; none: all. A snapshot of some streams is taken where it is named, and never where the newest one is asked for; rules of pruning
    /// leave it alone.
    /// </summary>
    public IReadOnlyList<string> Streams { get; init; } = [];

    /// <summary>Of the objects that earlier snapshots have, so many bytes are read and opened again; all of them are looked at by length.</summary>
    public long CheckBytes { get; init; } = 256 << 20;

    /// <summary>Whether rows in memory are moved into segments first, so that little of the log has to be copied.</summary>
    public bool Seals { get; init; } = true;
}
