using Varve.Arrow;
using Varve.Storage.Segments;

namespace Varve.Storage.Streams;

/// <summary>A segment that no stream has any more.</summary>
/// <param name="Id">Names its file.</param>
/// <param name="Shown">
/// As it was in the catalog, with the schema of its stream when it went: views may show it. Null: it went in an earlier life of the node.
/// </param>
internal readonly record struct RetiredSegment(long Id, (SegmentInfo Info, Schema Schema)? Shown);
