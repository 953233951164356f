namespace Varve.Backup;

/// <summary>A snapshot that was taken. It is whole, whatever was found wrong with earlier ones.</summary>
/// <param name="Snapshot">What it is.</param>
/// <param name="Problems">What was found missing or damaged of earlier snapshots, a line each; empty where all is well.</param>
/// <param name="HealedCount">Objects among them that are whole again, because the node still had what was in them.</param>
public sealed record SnapshotResult(SnapshotDescription Snapshot, IReadOnlyList<string> Problems, int HealedCount);
