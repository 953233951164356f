using System.Text.Json.Nodes;
using Spectre.Console;
using Varve.Backup;
using Varve.Cli.Output;

namespace Varve.Cli.Snapshots;

/// <summary>Snapshots for people and for programs.</summary>
internal static class SnapshotPrinter
{
    public static void Print(IReadOnlyList<SnapshotDescription> snapshots)
    {
        Table table = Terminal.Table("snapshot", "taken", "position", "streams", "rows", "size", "added");
        for (int right = 2; right < table.Columns.Count; right++)
            table.Columns[right].RightAligned();
        foreach (SnapshotDescription s in snapshots)
        {
            if (s.Damage is not null)
            {
                table.AddRow(Markup.Escape(s.Id), "[red]damaged[/]", "", "", "", "", "");
                continue;
            }

            table.AddRow(
                Markup.Escape(s.Id), Time(s.TakenAt), Quantity.Count(s.Position), Markup.Escape(Streams(s)), Quantity.Count(s.RowCount),
                Quantity.Bytes(s.Bytes), Quantity.Bytes(s.AddedBytes));
        }

        AnsiConsole.Write(table);
    }

    public static void PrintOne(SnapshotDescription s)
    {
        Table table = Terminal.Table("snapshot", Markup.Escape(s.Id));
        table.AddRow("taken", Time(s.TakenAt));
        table.AddRow("node", s.NodeId.ToString());
        table.AddRow("position", Quantity.Count(s.Position));
        table.AddRow("streams", Markup.Escape(Streams(s)));
        table.AddRow("rows", Quantity.Count(s.RowCount));
        table.AddRow("segments", Quantity.Count(s.SegmentCount));
        table.AddRow("size in the repository", Quantity.Bytes(s.Bytes));
        table.AddRow("of that added", Quantity.Bytes(s.AddedBytes));
        AnsiConsole.Write(table);
    }

    public static JsonObject ToJson(SnapshotDescription s) => s.Damage is { } damage
        ? new JsonObject { ["id"] = s.Id, ["damage"] = damage }
        : new JsonObject
        {
            ["id"] = s.Id,
            ["node_id"] = s.NodeId.ToString(),
            ["taken_at"] = Time(s.TakenAt),
            ["position"] = s.Position,
            ["streams"] = s.StreamCount,
            ["only_streams"] = new JsonArray([.. s.OnlyStreams.Select(name => JsonValue.Create(name))]),
            ["rows"] = s.RowCount,
            ["segments"] = s.SegmentCount,
            ["bytes"] = s.Bytes,
            ["added_bytes"] = s.AddedBytes,
        };

    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'");

    private static string Streams(SnapshotDescription s) =>
        s.OnlyStreams.Count == 0 ? Quantity.Count(s.StreamCount) : $"only {string.Join(", ", s.OnlyStreams)}";
}
