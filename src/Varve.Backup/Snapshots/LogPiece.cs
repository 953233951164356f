namespace Varve.Backup.Snapshots;

/// <summary>Entries of the log that follow one another, in one object.</summary>
internal readonly record struct LogPiece(long FirstPosition, long LastPosition, ObjectRef Object);
