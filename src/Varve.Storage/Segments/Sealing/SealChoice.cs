namespace Varve.Storage.Segments.Sealing;

/// <summary>Rows to seal.</summary>
/// <param name="Tail">The tail that they are the oldest of.</param>
/// <param name="RowsMax">About how many: whole chunks, at least one.</param>
/// <param name="TakesAll">Whether the last chunk goes too, which could take more rows.</param>
/// <param name="Reason">Why.</param>
internal readonly record struct SealChoice(TailState Tail, long RowsMax, bool TakesAll, SealReason Reason);
