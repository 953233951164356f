using System.Text.Json.Nodes;
using Spectre.Console;
using Varve.Cli.Output;
using Varve.Protocol.V1;

namespace Varve.Cli.Streams;

/// <summary>Shows streams to people and, as JSON, to programs.</summary>
internal static class StreamPrinter
{
    public static void PrintList(IReadOnlyList<StreamDescription> streams)
    {
        Table table = Terminal.Table("stream", "columns", "rows", "offsets", "segments", "on disk", "tail", "created");
        foreach (int right in (int[])[1, 2, 4, 5, 6])
            table.Columns[right].RightAligned();
        foreach (StreamDescription s in streams)
        {
            table.AddRow(
                Markup.Escape(s.Name),
                Quantity.Count(s.Schema.Columns_.Count),
                Quantity.Count(s.RowCount),
                Offsets(s),
                Quantity.Count(s.Segments),
                Quantity.Bytes(s.SegmentBytes),
                Quantity.Bytes(s.TailBytes),
                Created(s));
        }

        AnsiConsole.Write(table);
    }

    public static void Print(StreamDescription stream)
    {
        Table facts = Terminal.Table("stream", Markup.Escape(stream.Name));
        facts.AddRow("rows", Quantity.Count(stream.RowCount));
        facts.AddRow("offsets", Offsets(stream));
        facts.AddRow("in segments", $"{Quantity.Count(stream.RowCount - stream.TailRows)} rows, {Quantity.Bytes(stream.SegmentBytes)} "
            + $"in {Quantity.Count(stream.Segments)} files");
        facts.AddRow("in memory", $"{Quantity.Count(stream.TailRows)} rows, {Quantity.Bytes(stream.TailBytes)}");
        facts.AddRow("kept", Markup.Escape(SettingsPrinter.Text(stream.Settings)));
        facts.AddRow("schema version", Quantity.Count(stream.SchemaVersion));
        facts.AddRow("newest position", Quantity.Count(stream.Position));
        facts.AddRow("created", Created(stream));
        facts.AddRow("id", Markup.Escape(stream.Id));
        AnsiConsole.Write(facts);

        Table columns = Terminal.Table("column", "type", "null", "in SQL");
        foreach (Column c in stream.Schema.Columns_)
        {
            string sql = c.SqlType.Length > 0 ? c.SqlType : c.SqlNote;
            columns.AddRow(Markup.Escape(c.Name), Markup.Escape(c.Type), c.NotNull ? "no" : "yes", Markup.Escape(sql));
        }

        AnsiConsole.Write(columns);
    }

    public static void PrintJson(StreamDescription stream) => JsonText.Print(ToJson(stream));

    public static void PrintJson(IEnumerable<StreamDescription> streams) => JsonText.Print(new JsonArray([.. streams.Select(ToJson)]));

    private static JsonObject ToJson(StreamDescription s) => new()
    {
        ["name"] = s.Name,
        ["id"] = s.Id,
        ["rows"] = s.RowCount,
        ["tail_rows"] = s.TailRows,
        ["segments"] = s.Segments,
        ["segment_bytes"] = s.SegmentBytes,
        ["first_offset"] = s.FirstOffset,
        ["end_offset"] = s.EndOffset,
        ["tail_bytes"] = s.TailBytes,
        ["schema_version"] = s.SchemaVersion,
        ["position"] = s.Position,
        ["created_at"] = JsonText.Time(s.CreatedAt),
        ["settings"] = SettingsPrinter.ToJson(s.Settings),
        ["columns"] = new JsonArray([.. s.Schema.Columns_.Select(ColumnToJson)]),
    };

    private static JsonNode ColumnToJson(Column column) => new JsonObject
    {
        ["name"] = column.Name,
        ["type"] = column.Type,
        ["nullable"] = !column.NotNull,
        ["sql_type"] = column.SqlType.Length > 0 ? column.SqlType : null,
        ["sql_note"] = column.SqlNote.Length > 0 ? column.SqlNote : null,
    };

    private static string Offsets(StreamDescription s) =>
        s.RowCount == 0 ? "none" : $"{Quantity.Count(s.FirstOffset)} to {Quantity.Count(s.EndOffset - 1)}";

    private static string Created(StreamDescription s) => s.CreatedAt.ToDateTimeOffset().ToString("yyyy-MM-dd HH:mm:ss'Z'");
}
