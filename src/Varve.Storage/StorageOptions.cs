using Microsoft.Extensions.Logging;
using Varve.Storage.FileSystem;

namespace Varve.Storage;

/// <summary>How an engine is opened.</summary>
public sealed record StorageOptions
{
    /// <summary>The data directory. It is created where it does not exist; its parent must exist. One engine at a time may have it open.</summary>
    public required string Directory { get; init; }

    /// <summary>
    /// Memory for rows, those on their way to the disk included, and for the columns of streams. Appends and new streams beyond it are refused; reads
    /// go on. Opening a directory that holds more succeeds, and appends are refused. By default half of the memory that the process may use.
    /// </summary>
    public long TailMemoryLimitBytes { get; init; } = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2;

    /// <summary>
    /// How long an append waits, in its order, for sealing to make room in that memory before it is refused. Cancelling calls the wait off. Zero: it is
    /// refused at once.
    /// </summary>
    public TimeSpan MemoryWait { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The largest batch of one append: the bytes of its values with dictionaries flattened, 8 bytes a row for <c>_time</c> included.
    /// </summary>
    public int MaxBatchBytes { get; init; } = 64 << 20;

    /// <summary>A stream's oldest rows become a segment when it has that many in memory; a segment has about that many at first.</summary>
    public long SealRows { get; init; } = 1 << 20;

    /// <summary>The same in bytes of memory. Where memory runs out, streams are sealed sooner, the biggest first.</summary>
    public long SealBytes { get; init; } = 64 << 20;

    /// <summary>Rows that have been in memory for that long become a segment, however few they are.</summary>
    public TimeSpan SealAge { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Whether small segments are merged, ordered and brought to the current key in the background.</summary>
    public bool Compacts { get; init; } = true;

    /// <summary>Merged segments have at most that many rows,</summary>
    public long SegmentRowsMax { get; init; } = 4 << 20;

    /// <summary>
    /// and their rows take at most that many bytes as plain arrays, which is many times what the file takes; nor more than half of
    /// <see cref="TailMemoryLimitBytes"/>, because merging needs as much memory as the widest column of a segment.
    /// </summary>
    public long SegmentRawBytesMax { get; init; } = 256 << 20;

    /// <summary>
    /// Memory for what is kept of segments' files: where their pages are, dictionaries, and in what room these leave, pages that scans have read,
    /// opened.
    /// </summary>
    public long SegmentCacheBytes { get; init; } = 64 << 20;

    /// <summary>
    /// The catalog is written down, and the log let go up to what segments hold, when the log has grown by that much since the last time and rows
    /// were sealed or streams dropped meanwhile,
    /// </summary>
    public long CheckpointLogBytes { get; init; } = 64 << 20;

    /// <summary>or when that much time has passed since.</summary>
    public TimeSpan CheckpointInterval { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Producers that were neither opened nor used for that long are forgotten.</summary>
    public TimeSpan ProducerIdle { get; init; } = TimeSpan.FromDays(7);

    /// <summary>
    /// How fast the background reads everything to see that it is as it was written (<see cref="StorageEngine.Damage"/>). Zero: not at all.
    /// </summary>
    public long ScrubBytesPerSecond { get; init; }

    /// <summary>How long after the begin of a pass the next one begins, or when the pass is done, if that takes longer.</summary>
    public TimeSpan ScrubInterval { get; init; } = TimeSpan.FromDays(1);

    /// <summary>
    /// Whether the log is kept from where it begins at the opening, and with it the files of segments that came and went since, until whoever archives it
    /// says up to where it is safe. For a node whose log is archived.
    /// </summary>
    public bool KeepsLogForArchive { get; init; }

    /// <summary>Encryption and its root key.</summary>
    public KeyOptions Keys { get; init; } = new();

    /// <summary>Says what <c>_time</c> is, and when rows are old.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    public ILoggerFactory? LoggerFactory { get; init; }

    /// <summary>For a repair: segments that are missing, or have not the length that they were written with, do not keep the directory from opening.</summary>
    internal bool OpensDamaged { get; init; }

    /// <summary>When the first pass begins, so that a start is not held up.</summary>
    internal TimeSpan ScrubDelay { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// False for a directory that is only looked at: nothing is sealed, merged or let go there, so that it stays as it was found.
    /// </summary>
    internal bool WorksInBackground { get; init; } = true;

    internal IFileSystem FileSystem { get; init; } = LinuxFileSystem.Instance;

    /// <summary>The sizes of the log's pages, memory and files. Small ones make tests of parts and page turns quick.</summary>
    internal LogSizes LogSizes { get; init; } = new();
}
