using Varve.Arrow;

namespace Varve.Storage.Segments;

/// <summary>What the segments of a stream take, column by column. Immutable.</summary>
/// <param name="Stream">The stream at that moment.</param>
/// <param name="Columns">Those of the stream, then <c>_time</c>, then <c>_offset</c> where a segment has it; all segments together.</param>
public sealed record StreamInspection(StreamDescription Stream, IReadOnlyList<ColumnSummary> Columns)
{
    /// <summary>What the rows in segments take as plain arrays, the node's own columns included.</summary>
    public long RawBytes => Columns.Sum(c => c.RawBytes);

    /// <summary>Reads the footers that are not in memory.</summary>
    internal static StreamInspection Of(StreamDescription stream, IEnumerable<SegmentFile> segments)
    {
        // Columns that were added later are missing in older segments, so the place of one in a file tells little.
        var byName = new Dictionary<string, List<ColumnSummary>>(StringComparer.Ordinal);
        foreach (ColumnSummary column in segments.SelectMany(s => s.Describe()))
        {
            if (!byName.TryGetValue(column.Name, out List<ColumnSummary>? same))
                byName.Add(column.Name, same = []);
            same.Add(column);
        }

        IEnumerable<Field> fields = stream.Schema.Fields.Append(SegmentColumns.Time).Append(SegmentColumns.Offset);
        return new StreamInspection(stream, [.. fields.Where(f => byName.ContainsKey(f.Name)).Select(f => Together(byName[f.Name]))]);
    }

    private static ColumnSummary Together(List<ColumnSummary> columns) => columns[0] with
    {
        RowCount = columns.Sum(c => c.RowCount),
        NullCount = columns.Sum(c => c.NullCount),
        RawBytes = columns.Sum(c => c.RawBytes),
        StoredBytes = columns.Sum(c => c.StoredBytes),
        DictionaryValues = columns.Max(c => c.DictionaryValues),
        DictionaryBytes = columns.Sum(c => c.DictionaryBytes),
        BloomBytes = columns.Sum(c => c.BloomBytes),
        Bounds = null,
        Encodings =
        [
            .. columns.SelectMany(c => c.Encodings).GroupBy(e => e.Encoding)
                .Select(g => new EncodingSummary(g.Key, g.Sum(e => e.BlockCount), g.Sum(e => e.StoredBytes)))
                .OrderByDescending(e => e.StoredBytes),
        ],
    };
}
