namespace Varve.Storage;

/// <summary>Counters and levels of an engine at one moment. Counters begin at 0 when it opens.</summary>
public sealed record StorageStatistics
{
    public required int StreamCount { get; init; }

    /// <summary>Rows of all streams.</summary>
    public required long RowCount { get; init; }

    /// <summary>Memory that rows take, capacity that is not used yet and appends on their way included.</summary>
    public required long TailBytes { get; init; }

    /// <summary>Memory that streams and their columns take, about, rows not included.</summary>
    public required long CatalogBytes { get; init; }

    /// <summary>The limit on both together.</summary>
    public required long TailLimitBytes { get; init; }

    /// <summary>The log's files on the disk.</summary>
    public required long LogBytes { get; init; }

    /// <summary>All that the log was ever given, of which it has let go the oldest. It only grows, and goes on after a restart.</summary>
    public required long LogEndBytes { get; init; }

    /// <summary>Segments of all streams.</summary>
    public required int SegmentCount { get; init; }

    /// <summary>Their files.</summary>
    public required long SegmentBytes { get; init; }

    /// <summary>Acknowledged appends.</summary>
    public required long AppendCount { get; init; }

    /// <summary>Rows of acknowledged appends.</summary>
    public required long AppendedRowCount { get; init; }

    /// <summary>Bytes of values in acknowledged appends, before compression.</summary>
    public required long AppendedBytes { get; init; }

    /// <summary>Appends refused because the memory for rows was full.</summary>
    public required long MemoryRefusalCount { get; init; }

    /// <summary>Commits of the log; each is one sync, or a few for a large batch.</summary>
    public required long CommitCount { get; init; }

    /// <summary>Log entries that were replayed when the engine was opened.</summary>
    public required long RecoveredEntryCount { get; init; }

    /// <summary>Checkpoints of the catalog that were written.</summary>
    public required long CheckpointCount { get; init; }

    /// <summary>Checkpoints that failed. Each is tried again; the log keeps what it holds until then.</summary>
    public required long CheckpointFailureCount { get; init; }

    /// <summary>Segments that were made of rows in memory.</summary>
    public required long SealCount { get; init; }

    /// <summary>Rows that went from memory into segments.</summary>
    public required long SealedRowCount { get; init; }

    /// <summary>Seals that failed. Each is tried again; its rows are safe in the log, and in memory.</summary>
    public required long SealFailureCount { get; init; }

    /// <summary>Segments that were made of others.</summary>
    public required long CompactionCount { get; init; }

    /// <summary>Segments that others took the place of.</summary>
    public required long CompactedSegmentCount { get; init; }

    /// <summary>Compactions that failed. Each is tried again.</summary>
    public required long CompactionFailureCount { get; init; }

    /// <summary>Segments that compaction found damaged and left as they are.</summary>
    public required long DamagedSegmentCount { get; init; }

    /// <summary>Rows that went because their streams are not to keep them.</summary>
    public required long TrimmedRowCount { get; init; }

    /// <summary>Pages of segments that were read and opened: for queries and reads, and for compaction.</summary>
    public required long SegmentPagesRead { get; init; }

    /// <summary>Their bytes in the files.</summary>
    public required long SegmentBytesRead { get; init; }

    /// <summary>Columns of blocks that were decoded.</summary>
    public required long SegmentPagesDecoded { get; init; }

    /// <summary>Bytes that the check in the background has read.</summary>
    public required long CheckedByteCount { get; init; }

    /// <summary>When that check has last verified everything; null: not yet.</summary>
    public required DateTimeOffset? LastFullCheckAt { get; init; }
}
