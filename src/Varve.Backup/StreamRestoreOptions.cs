using Varve.Backup.Restore;

namespace Varve.Backup;

/// <summary>Which stream of a backup comes back into a node, and as what.</summary>
public sealed record StreamRestoreOptions
{
    /// <summary>What it was called.</summary>
    public required string Stream { get; init; }

    /// <summary>What it will be called. No stream of the node may have that name.</summary>
    public required string Name { get; init; }

    /// <summary>Null: the newest one of the node, or, where a moment is given, the one that reaches it.</summary>
    public string? SnapshotId { get; init; }

    /// <summary>The node whose snapshot is taken, where none is named; null: there is only one.</summary>
    public Guid? NodeId { get; init; }

    /// <summary>The stream as it was at that position; null: all of the snapshot.</summary>
    public long? Position { get; init; }

    /// <summary>The stream as it was at that time; null: all of the snapshot.</summary>
    public DateTimeOffset? Time { get; init; }

    /// <summary>Only rows before that offset; null: all.</summary>
    public long? EndOffset { get; init; }

    internal Moment Moment => new(SnapshotId, NodeId, Position, Time, null);
}
