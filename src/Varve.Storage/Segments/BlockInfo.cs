using Varve.Storage.Zones;

namespace Varve.Storage.Segments;

/// <summary>What a segment's footer says of one block.</summary>
/// <param name="RowCount">1 to 65,536.</param>
/// <param name="FirstRow">The rows of the blocks before it.</param>
/// <param name="FirstOffset">The offset of its first row where its rows follow one another; else null.</param>
/// <param name="OffsetZone">Bounds of <c>_offset</c>.</param>
/// <param name="TimeZone">Bounds of <c>_time</c>.</param>
internal readonly record struct BlockInfo(int RowCount, long FirstRow, long? FirstOffset, Zone OffsetZone, Zone TimeZone);
