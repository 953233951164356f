using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Varve.Storage.FileSystem;

namespace Varve.Storage.Log;

/// <summary>How a <see cref="DurableLog"/> is opened.</summary>
internal sealed record DurableLogOptions
{
    /// <summary>The log's own directory. It is created where it does not exist; its parent must exist.</summary>
    public required string Directory { get; init; }

    public IFileSystem FileSystem { get; init; } = LinuxFileSystem.Instance;

    /// <summary>The term that new entries carry. Never lower than that of an entry already in the log.</summary>
    public long Term { get; init; } = 1;

    /// <summary>The largest entry fits on one page. A power of two, at least 4 KiB. Fixed when the log is created.</summary>
    public int PageBytes { get; init; } = 4 << 20;

    /// <summary>
    /// Entries not yet on disk, and the newest that are. A power of two, at least 4 pages. May change from one opening to the next.
    /// </summary>
    public int MemoryBytes { get; init; } = 32 << 20;

    /// <summary>The size of one log file. A power of two, at least 2 pages. Fixed when the log is created.</summary>
    public long SegmentBytes { get; init; } = 256L << 20;

    /// <summary>
    /// How far ahead of the tail zeros are laid out at most, so that small commits change no metadata: as far as has been written since the opening,
    /// within these limits. 0 for not at all.
    /// </summary>
    public long ZeroAheadBytes { get; init; } = 256 << 20;

    /// <summary>How far ahead zeros are laid out before anything is known about the load.</summary>
    public long ZeroAheadAtFirstBytes { get; init; } = 8 << 20;

    /// <summary>
    /// After how long without a commit a commit record is written. Until then nothing but the entries of the last commit themselves says that they
    /// were acknowledged, so damage to them could be taken for a torn tail.
    /// </summary>
    public TimeSpan IdleDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Says when to look for room again on a disk that was full.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    public ILogger Logger { get; init; } = NullLogger.Instance;
}
