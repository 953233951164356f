namespace Varve.Backup.Restore;

/// <summary>Which moment of which node is wanted of a repository. Immutable.</summary>
/// <param name="SnapshotId">That snapshot, and, where nothing else is said, nothing behind it.</param>
/// <param name="NodeId">Of that node; null: of the only one that there is.</param>
/// <param name="Position">The newest position.</param>
/// <param name="Time">Everything up to that time.</param>
/// <param name="End">Everything before a stream went beyond an offset.</param>
internal sealed record Moment(string? SnapshotId, Guid? NodeId, long? Position, DateTimeOffset? Time, StreamEnd? End)
{
    /// <summary>Whether what was archived behind the snapshot is part of it.</summary>
    public bool GoesOn => SnapshotId is null || Position is not null || Time is not null || End is not null;

    /// <summary>Whether as much as there is is wanted, so that nothing in it says how far a restore has to reach.</summary>
    public bool IsOpen => SnapshotId is null && Position is null && End is null;
}
