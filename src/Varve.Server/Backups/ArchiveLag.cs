namespace Varve.Server.Backups;

/// <summary>How far the archive is behind the node.</summary>
/// <param name="ArchivedUpTo">The position up to which a restore reaches; null: not known, the repository has not answered yet.</param>
/// <param name="PositionCount">Visible entries behind it; null likewise.</param>
/// <param name="Bytes">What they take in the log, about.</param>
/// <param name="Age">How long ago all that was visible was archived; zero where it is.</param>
/// <param name="IsAlarm">Whether that is too long.</param>
internal readonly record struct ArchiveLag(long? ArchivedUpTo, long? PositionCount, long Bytes, TimeSpan Age, bool IsAlarm);
