using Varve.Storage.Keys;

namespace Varve.Storage.Segments.Sealing;

/// <summary>What is known of a segment before it is written, besides its rows.</summary>
/// <param name="StreamId">Its stream.</param>
/// <param name="Key">Seals it.</param>
/// <param name="RawBytes">What its rows take as plain arrays.</param>
/// <param name="ClusteredBy">Places of the columns in whose order the rows are.</param>
internal sealed record SegmentDraft(long StreamId, StreamKey Key, long RawBytes, int[] ClusteredBy);
