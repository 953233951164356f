using Varve.Storage.Segments.Format;
using Varve.Storage.Zones;

namespace Varve.Storage.Segments;

/// <summary>What one column of a segment takes, as its footer says. For people and tools.</summary>
/// <param name="Name">When the segment was written; <c>_time</c> and <c>_offset</c> are the node's own.</param>
/// <param name="TypeName">The Arrow type's name.</param>
/// <param name="RowCount">Of the segment.</param>
/// <param name="NullCount">Rows that are null.</param>
/// <param name="RawBytes">What the rows take as plain arrays.</param>
/// <param name="StoredBytes">What the column takes in the file: pages with their seals, and what stands in the footer instead of a page.</param>
/// <param name="DictionaryValues">Distinct values in its dictionary; 0 without one.</param>
/// <param name="DictionaryBytes">What the dictionary takes of <paramref name="StoredBytes"/>.</param>
/// <param name="BloomBytes">What Bloom filters take of <paramref name="StoredBytes"/>.</param>
/// <param name="Bounds">Of all its values; null where nothing is known.</param>
/// <param name="Encodings">The encodings of its blocks, the one that takes most first.</param>
public sealed record ColumnSummary(
    string Name,
    string TypeName,
    long RowCount,
    long NullCount,
    long RawBytes,
    long StoredBytes,
    int DictionaryValues,
    long DictionaryBytes,
    long BloomBytes,
    Zone? Bounds,
    IReadOnlyList<EncodingSummary> Encodings)
{
    internal static ColumnSummary Of(ColumnEntry column, long rowCount)
    {
        long dictionaryBytes = column.Dictionary?.Page.StoredBytes ?? 0;
        long bloomBytes = column.Bloom?.Parts.Sum(p => p.StoredBytes) ?? 0;
        return new ColumnSummary(
            column.Name,
            column.TypeName,
            rowCount,
            column.Blocks.Sum(b => (long)b.NullCount),
            column.Blocks.Sum(b => b.RawBytes),
            column.Blocks.Sum(b => b.Page.StoredBytes) + dictionaryBytes + bloomBytes,
            column.Dictionary?.ValueCount ?? 0,
            dictionaryBytes,
            bloomBytes,
            column.Bounds,
            [.. column.Blocks.GroupBy(b => b.Encoding)
                .Select(g => new EncodingSummary(g.Key, g.Count(), g.Sum(b => b.Page.StoredBytes)))
                .OrderByDescending(e => e.StoredBytes)]);
    }
}
