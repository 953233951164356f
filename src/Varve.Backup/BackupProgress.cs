namespace Varve.Backup;

/// <summary>How far a copy has come.</summary>
/// <param name="DoneBytes">Bytes of segments that were looked at and, where needed, copied.</param>
/// <param name="TotalBytes">Bytes of all segments.</param>
/// <param name="WrittenBytes">Bytes that were written.</param>
public readonly record struct BackupProgress(long DoneBytes, long TotalBytes, long WrittenBytes);
