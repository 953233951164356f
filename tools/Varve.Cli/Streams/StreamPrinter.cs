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

    public static void Print(StreamDescription stream, StreamStorage storage)
    {
        Table facts = Terminal.Table("stream", Markup.Escape(stream.Name));
        facts.AddRow("rows", Quantity.Count(stream.RowCount));
        facts.AddRow("offsets", Offsets(stream));
        facts.AddRow("in segments", InSegments(stream));
        if (storage.RawBytes > 0)
            facts.AddRow(
                "as plain arrays", $"{Quantity.Bytes(storage.RawBytes)}; {Ratio(stream.SegmentBytes, storage.RawBytes)} of that are on disk");
        facts.AddRow("in memory", $"{Quantity.Count(stream.TailRows)} rows, {Quantity.Bytes(stream.TailBytes)}");
        facts.AddRow("kept", Markup.Escape(SettingsPrinter.Text(stream.Settings)));
        facts.AddRow("schema version", Quantity.Count(stream.SchemaVersion));
        facts.AddRow("newest position", Quantity.Count(stream.Position));
        facts.AddRow("created", Created(stream));
        facts.AddRow("id", Markup.Escape(stream.Id));
        AnsiConsole.Write(facts);
        PrintColumns(stream, storage);
    }

    public static string InSegments(StreamDescription stream) =>
        $"{Quantity.Count(stream.RowCount - stream.TailRows)} rows in {Quantity.Count(stream.Segments)} segments of {Quantity.Bytes(stream.SegmentBytes)}";

    public static void PrintJson(StreamDescription stream) => JsonText.Print(ToJson(stream, null));

    public static void PrintJson(StreamDescription stream, StreamStorage storage) => JsonText.Print(ToJson(stream, storage));

    public static void PrintJson(IEnumerable<StreamDescription> streams) =>
        JsonText.Print(new JsonArray([.. streams.Select(s => ToJson(s, null))]));

    private static void PrintColumns(StreamDescription stream, StreamStorage storage)
    {
        Table table = Terminal.Table("column", "type", "null", "in SQL", "plain", "on disk", "ratio", "encodings");
        foreach (int right in (int[])[4, 5, 6])
            table.Columns[right].RightAligned();
        foreach (Column c in stream.Schema.Columns_)
        {
            string sql = c.SqlType.Length > 0 ? c.SqlType : c.SqlNote;
            string[] facts = [Markup.Escape(c.Name), Markup.Escape(c.Type), c.NotNull ? "no" : "yes", Markup.Escape(sql)];
            table.AddRow([.. facts, .. Stored(storage.Columns.FirstOrDefault(s => s.Name == c.Name))]);
        }

        foreach (ColumnStorage own in storage.Columns.Where(s => s.Name.StartsWith('_')))
            table.AddRow([Markup.Escape(own.Name), "", "no", "", .. Stored(own)]);
        AnsiConsole.Write(table);
    }

    private static string[] Stored(ColumnStorage? column) => column is null
        ? ["", "", "", ""]
        : [
            Quantity.Bytes(column.RawBytes),
            Quantity.Bytes(column.StoredBytes),
            Ratio(column.StoredBytes, column.RawBytes),
            Markup.Escape(string.Join(", ", column.Encodings.Select(e => e.Encoding))),
        ];

    private static JsonObject ToJson(StreamDescription s, StreamStorage? storage)
    {
        var json = new JsonObject
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
        };
        if (storage is not null)
            StorageJson.AddTo(json, s.SegmentBytes, storage);
        json["columns"] = new JsonArray([.. s.Schema.Columns_.Select(c => ColumnToJson(c, storage))]);
        return json;
    }

    private static JsonObject ColumnToJson(Column column, StreamStorage? storage)
    {
        var json = new JsonObject
        {
            ["name"] = column.Name,
            ["type"] = column.Type,
            ["nullable"] = !column.NotNull,
            ["sql_type"] = column.SqlType.Length > 0 ? column.SqlType : null,
            ["sql_note"] = column.SqlNote.Length > 0 ? column.SqlNote : null,
        };
        if (storage?.Columns.FirstOrDefault(s => s.Name == column.Name) is { } stored)
            StorageJson.AddTo(json, stored);
        return json;
    }

    private static string Ratio(long stored, long raw) => raw == 0 ? "" : Quantity.Percent((double)stored / raw);

    private static string Offsets(StreamDescription s) =>
        s.RowCount == 0 ? "none" : $"{Quantity.Count(s.FirstOffset)} to {Quantity.Count(s.EndOffset - 1)}";

    private static string Created(StreamDescription s) => s.CreatedAt.ToDateTimeOffset().ToString("yyyy-MM-dd HH:mm:ss'Z'");
}
