namespace Varve.Storage.Segments;

/// <summary>Blocks of a column that are encoded alike.</summary>
/// <param name="Encoding">In words, such as <c>dict for 12 bit</c>.</param>
/// <param name="BlockCount">How many blocks.</param>
/// <param name="StoredBytes">What they take in the file.</param>
public sealed record EncodingSummary(string Encoding, int BlockCount, long StoredBytes);
