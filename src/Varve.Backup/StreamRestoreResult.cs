using Varve.Storage;

namespace Varve.Backup;

/// <summary>A stream that came back.</summary>
/// <param name="Stream">As it is now.</param>
/// <param name="SnapshotId">Where it came from.</param>
/// <param name="Position">It is as it was at this position of the node that was backed up, but for rows that were not asked for.</param>
/// <param name="Settings">What the stream was set to then. What it keeps is not limited now, or rows of the past would go again at once.</param>
public sealed record StreamRestoreResult(StreamDescription Stream, string SnapshotId, long Position, StreamSettings Settings);
