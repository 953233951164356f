using Varve.Arrow;

namespace Varve.Storage.Segments;

/// <summary>The names of a segment's columns: those of the stream, then <c>_time</c>, then <c>_offset</c> where it has one.</summary>
internal static class SegmentColumns
{
    /// <param name="column">Its place in the file.</param>
    /// <param name="columnCount">Those of the stream that the file has.</param>
    /// <param name="schema">The stream's; null: columns are named by their place.</param>
    public static string NameOf(int column, int columnCount, Schema? schema)
    {
        if (column >= columnCount)
            return column == columnCount ? "_time" : "_offset";
        return column >= 0 && column < schema?.Fields.Count ? schema.Fields[column].Name : $"#{column}";
    }
}
