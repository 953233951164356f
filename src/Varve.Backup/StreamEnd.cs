namespace Varve.Backup;

/// <summary>Where a stream is to end.</summary>
/// <param name="Stream">Its name.</param>
/// <param name="Offset">The row that is not there any more.</param>
public sealed record StreamEnd(string Stream, long Offset);
