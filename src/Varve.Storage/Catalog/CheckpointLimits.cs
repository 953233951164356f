namespace Varve.Storage.Catalog;

/// <summary>When a checkpoint is due, once there is something that it would let go of.</summary>
/// <param name="LogBytes">By how much the log has grown since the last one.</param>
/// <param name="Interval">How long ago the last one was.</param>
internal sealed record CheckpointLimits(long LogBytes, TimeSpan Interval);
