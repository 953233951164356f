namespace Varve.Storage.Log;

/// <summary>
/// The node's one durable sequence of entries, on FASTER's FasterLog.
/// One thread at a time enqueues (the sequencer); any thread may commit, read the positions, and read entries.
/// </summary>
internal sealed class DurableLog : IAsyncDisposable
{
    private DurableLog()
    {
    }

    /// <summary>The largest head + body of one entry.</summary>
    public int MaxPayloadBytes => throw new NotSupportedException();

    /// <summary>The newest entry handed in.</summary>
    public LogPosition AppendedUpTo => throw new NotSupportedException();

    /// <summary>The newest entry that can no longer be lost. Never above <see cref="AppendedUpTo"/>.</summary>
    public LogPosition DurableUpTo => throw new NotSupportedException();

    /// <summary>What the log's files take on the disk.</summary>
    public long BytesOnDisk => throw new NotSupportedException();

    /// <summary>Why the log is dead, or null while it lives.</summary>
    public StorageException? Failure => throw new NotSupportedException();

    /// <summary>
    /// Opens or creates the log. Every entry in it is handed to <paramref name="replay"/> in order before this returns. Damage ends in
    /// <see cref="StorageErrorCode.Corruption"/> that names position, file and offset; what was written but never acknowledged may be cut.
    /// </summary>
    public static Task<DurableLog> OpenAsync(DurableLogOptions options, Action<LogEntry> replay, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    /// <summary>
    /// Gives the entry head + body the next position and copies it. One thread at a time. Blocks while the log's memory waits for the disk.
    /// Durable only after a <see cref="CommitAsync"/> called later.
    /// </summary>
    public LogPosition Enqueue(ReadOnlySpan<byte> head, ReadOnlySpan<byte> body) => throw new NotSupportedException();

    /// <summary>
    /// Completes when everything enqueued before the call is durable. Calls that come while a commit is under way share the next one.
    /// Throws <see cref="StorageErrorCode.NodeStopped"/> or <see cref="StorageErrorCode.DiskFull"/>, after which the log is dead for ever.
    /// </summary>
    public Task CommitAsync() => throw new NotSupportedException();

    /// <summary>Durable entries from a position on, up to what is durable when the call is made.</summary>
    public IAsyncEnumerable<LogEntry> ReadAsync(LogPosition from, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <summary>Commits what is enqueued and closes. Throws nothing for a log that failed before.</summary>
    public ValueTask DisposeAsync() => throw new NotSupportedException();
}
