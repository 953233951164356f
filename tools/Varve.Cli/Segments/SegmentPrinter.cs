using System.Text.Json.Nodes;
using Spectre.Console;
using Varve.Cli.Output;
using Varve.Storage.Segments;

namespace Varve.Cli.Segments;

/// <summary>Shows a segment file to people and, as JSON, to programs.</summary>
internal static class SegmentPrinter
{
    public static void Print(SegmentInspection segment)
    {
        Table facts = Terminal.Table("segment", Quantity.Count(segment.SegmentId));
        facts.AddRow("file", Markup.Escape($"{segment.Path}, {Quantity.Bytes(segment.FileBytes)}"));
        facts.AddRow("format", $"version {segment.Version}");
        facts.AddRow("node", segment.NodeId.ToString());
        facts.AddRow("stream", Quantity.Count(segment.StreamId));
        facts.AddRow("key", segment.KeyVersion == 0 ? "not encrypted" : $"version {segment.KeyVersion}");
        if (segment.Locked is null)
        {
            facts.AddRow("rows", Quantity.Count(segment.RowCount));
            facts.AddRow("offsets", $"{Quantity.Count(segment.FirstOffset)} to {Quantity.Count(segment.FirstOffset + segment.RowCount - 1)}");
            facts.AddRow("order", segment.IsClustered ? "clustered" : "as they came");
            facts.AddRow("blocks", Quantity.Count(segment.BlockRows.Count));
            facts.AddRow("footer", Quantity.Bytes(segment.FooterBytes));
            facts.AddRow("verified", segment.Damage.Count == 0
                ? $"all {Quantity.Count(segment.PageCount)} pages"
                : $"[red]{Quantity.Count(segment.Damage.Count)} of {Quantity.Count(segment.PageCount + segment.Damage.Count)} pages are damaged[/]");
        }

        AnsiConsole.Write(facts);
        if (segment.Columns.Count > 0)
            AnsiConsole.Write(Columns(segment));
        foreach (PageDamage damage in segment.Damage)
            AnsiConsole.MarkupLine($"[red]damaged[/] {Markup.Escape(damage.Message)}");
    }

    public static void PrintJson(SegmentInspection segment) => JsonText.Print(new JsonObject
    {
        ["file"] = segment.Path,
        ["file_bytes"] = segment.FileBytes,
        ["version"] = segment.Version,
        ["node_id"] = segment.NodeId.ToString(),
        ["segment_id"] = segment.SegmentId,
        ["stream_id"] = segment.StreamId,
        ["key_version"] = segment.KeyVersion,
        ["locked"] = segment.Locked,
        ["rows"] = segment.RowCount,
        ["first_offset"] = segment.FirstOffset,
        ["clustered"] = segment.IsClustered,
        ["block_rows"] = new JsonArray([.. segment.BlockRows.Select(r => (JsonNode)r)]),
        ["footer_bytes"] = segment.FooterBytes,
        ["pages"] = segment.PageCount,
        ["columns"] = new JsonArray([.. segment.Columns.Select(ToJson)]),
        ["damage"] = new JsonArray([.. segment.Damage.Select(ToJson)]),
    });

    private static Table Columns(SegmentInspection segment)
    {
        Table table = Terminal.Table("column", "type", "nulls", "plain", "on disk", "ratio", "distinct", "encodings");
        foreach (int right in (int[])[2, 3, 4, 5, 6])
            table.Columns[right].RightAligned();
        foreach (ColumnSummary c in segment.Columns)
        {
            table.AddRow(
                Markup.Escape(c.Name),
                Markup.Escape(c.TypeName),
                Quantity.Count(c.NullCount),
                Quantity.Bytes(c.RawBytes),
                Quantity.Bytes(c.StoredBytes),
                c.RawBytes == 0 ? "" : Quantity.Percent((double)c.StoredBytes / c.RawBytes),
                c.DictionaryValues > 0 ? Quantity.Count(c.DictionaryValues) : "",
                Markup.Escape(string.Join(", ", c.Encodings.Select(e => $"{e.Encoding} ({e.BlockCount})"))));
        }

        return table;
    }

    private static JsonNode ToJson(ColumnSummary column) => new JsonObject
    {
        ["name"] = column.Name,
        ["type"] = column.TypeName,
        ["nulls"] = column.NullCount,
        ["raw_bytes"] = column.RawBytes,
        ["stored_bytes"] = column.StoredBytes,
        ["dictionary_values"] = column.DictionaryValues,
        ["dictionary_bytes"] = column.DictionaryBytes,
        ["bloom_bytes"] = column.BloomBytes,
        ["encodings"] = new JsonArray(
        [
            .. column.Encodings.Select(e => new JsonObject
            {
                ["encoding"] = e.Encoding,
                ["blocks"] = e.BlockCount,
                ["stored_bytes"] = e.StoredBytes,
            }),
        ]),
    };

    private static JsonNode ToJson(PageDamage damage) => new JsonObject
    {
        ["column"] = damage.Column,
        ["page"] = damage.Page,
        ["message"] = damage.Message,
    };
}
