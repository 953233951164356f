namespace Varve.Storage.Segments;

/// <summary>Which segment a file is: stands in its header, and every page is bound to it.</summary>
/// <param name="SegmentId">Dense from 1 over the life of the node, never used again.</param>
/// <param name="StreamId">The stream whose rows it holds.</param>
/// <param name="NodeId">The node that wrote it.</param>
internal readonly record struct SegmentIdentity(long SegmentId, long StreamId, Guid NodeId);
