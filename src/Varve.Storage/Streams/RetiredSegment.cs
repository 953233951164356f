using Varve.Arrow;
using Varve.Storage.Segments;

namespace Varve.Storage.Streams;

/// <summary>A segment that no stream has any more.</summary>
/// <param name="Info">As it was in the catalog.</param>
/// <param name="Schema">Of its stream, when it went.</param>
internal readonly record struct RetiredSegment(SegmentInfo Info, Schema Schema);
