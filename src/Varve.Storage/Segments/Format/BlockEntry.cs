using Varve.Storage.Zones;

namespace Varve.Storage.Segments.Format;

/// <summary>What the footer says of one column in one block.</summary>
/// <param name="Page">Where its values are.</param>
/// <param name="NullCount">Rows that are null.</param>
/// <param name="RawBytes">What the rows take as a plain array; decoding allocates no more than that.</param>
/// <param name="Encoding">In words, for people.</param>
/// <param name="Zone">Bounds of the values; null where nothing is known.</param>
internal readonly record struct BlockEntry(PagePlace Page, int NullCount, long RawBytes, string Encoding, Zone? Zone);
