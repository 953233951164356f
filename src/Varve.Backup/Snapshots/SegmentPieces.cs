namespace Varve.Backup.Snapshots;

/// <summary>A segment file in pieces.</summary>
/// <param name="Id">Names the file, but only within one history of a node.</param>
/// <param name="Salt">Random, in the file's header: two files with one salt and one length are one file.</param>
/// <param name="FileBytes">Of the file.</param>
/// <param name="Objects">The file's bytes in order, cut every <see cref="SnapshotManifest.PieceBytes"/>.</param>
internal sealed record SegmentPieces(long Id, string Salt, long FileBytes, IReadOnlyList<ObjectRef> Objects);
