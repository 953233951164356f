namespace Varve.Backup;

/// <summary>What a pruning took away, or would.</summary>
/// <param name="Removed">The ids of snapshots that went.</param>
/// <param name="Kept">The ids of those that stayed.</param>
/// <param name="ObjectCount">Pieces that nothing needs any more.</param>
/// <param name="Bytes">What they took.</param>
public sealed record PruneResult(IReadOnlyList<string> Removed, IReadOnlyList<string> Kept, int ObjectCount, long Bytes);
