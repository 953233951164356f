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
    /// The largest batch of one append: the bytes of its values with dictionaries flattened, 8 bytes a row for <c>_time</c> included.
    /// </summary>
    public int MaxBatchBytes { get; init; } = 64 << 20;

    /// <summary>Says what <c>_time</c> is.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    public ILoggerFactory? LoggerFactory { get; init; }

    internal IFileSystem FileSystem { get; init; } = LinuxFileSystem.Instance;

    /// <summary>The sizes of the log's pages, memory and files. Small ones make tests of parts and page turns quick.</summary>
    internal LogSizes LogSizes { get; init; } = new();
}
