using Varve.Backup.Restore;
using Varve.Storage;

namespace Varve.Backup;

/// <summary>What is restored, and to where.</summary>
public sealed record RestoreOptions
{
    /// <summary>Added to the name of the directory until it is whole: one with it may lack rows, and nobody may take it for a node's.</summary>
    public const string UnfinishedSuffix = ".restoring";

    /// <summary>The data directory that is made. Nothing may stand there.</summary>
    public required string Directory { get; init; }

    /// <summary>Null: the newest one, or, where a moment is given, the one that reaches it.</summary>
    public string? SnapshotId { get; init; }

    /// <summary>The newest position that is restored; null: all of the snapshot.</summary>
    public long? Position { get; init; }

    /// <summary>Everything up to that time, and nothing behind; null: all of the snapshot.</summary>
    public DateTimeOffset? Time { get; init; }

    /// <summary>Everything up to the last entry before that stream went beyond that offset; null: all of the snapshot.</summary>
    public StreamEnd? End { get; init; }

    /// <summary>The node whose snapshot is taken, where none is named; null: there is only one.</summary>
    public Guid? NodeId { get; init; }

    /// <summary>Only these streams; none: all.</summary>
    public IReadOnlyList<string> Streams { get; init; } = [];

    /// <summary>What the new directory's keyring is sealed with; null: a fresh key in its file <c>root.key</c>.</summary>
    public RootKeySource? RootKey { get; init; }

    /// <summary>What may be taken of memory for rows and segments; null: what it takes.</summary>
    internal long? MemoryBytes { get; init; }

    internal LogSizes LogSizes { get; init; } = new();

    internal Moment Moment => new(SnapshotId, NodeId, Position, Time, End);
}
