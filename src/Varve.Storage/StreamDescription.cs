using Varve.Arrow;

namespace Varve.Storage;

/// <summary>A stream as it was visible at one moment. Immutable.</summary>
public sealed record StreamDescription
{
    /// <summary>As it was created. Names that differ only in case name the same stream.</summary>
    public required string Name { get; init; }

    /// <summary>Rises from 1 over the life of the node and is never used again: a stream that is dropped and created again has another.</summary>
    public required long Id { get; init; }

    /// <summary>The user's columns. Every row also has <c>_offset</c> (int64) and <c>_time</c> (timestamp in microseconds, UTC).</summary>
    public required Schema Schema { get; init; }

    /// <summary>1 at creation; each change of the columns adds 1.</summary>
    public required long SchemaVersion { get; init; }

    public required StreamSettings Settings { get; init; }

    /// <summary>The oldest row that is kept.</summary>
    public required long FirstOffset { get; init; }

    /// <summary>The offset that the next row gets; exclusive.</summary>
    public required long EndOffset { get; init; }

    public long RowCount => EndOffset - FirstOffset;

    /// <summary>Rows that are not in a segment yet: the newest ones, in memory.</summary>
    public required long TailRowCount { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Memory that the rows of the tail take, capacity that is not used yet included.</summary>
    public required long TailBytes { get; init; }

    public required int SegmentCount { get; init; }

    /// <summary>The files of the segments.</summary>
    public required long SegmentBytes { get; init; }

    /// <summary>The newest visible entry that changed this stream.</summary>
    public required LogPosition Position { get; init; }
}
