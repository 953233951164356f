using Varve.Arrow;

namespace Varve.Storage.Segments;

/// <summary>The columns of a segment: those of the stream, then <c>_time</c>, then <c>_offset</c> where rows stand in another order than
/// that.</summary>
internal static class SegmentColumns
{
    public static Field Time { get; } = new("_time", ArrowTypes.TimestampMicrosUtc, isNullable: false);

    public static Field Offset { get; } = new("_offset", ArrowTypes.Int64, isNullable: false);

    /// <param name="column">Its place in the file.</param>
    /// <param name="columnCount">Those of the stream that the file has.</param>
    /// <param name="schema">The stream's.</param>
    public static Field At(int column, int columnCount, Schema schema) => column < columnCount ? schema.Fields[column]
        : column == columnCount ? Time
        : Offset;
}
