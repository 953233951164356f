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
}
