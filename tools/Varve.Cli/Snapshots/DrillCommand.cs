using System.CommandLine;
using System.Text.Json.Nodes;
using Spectre.Console;
using Varve.Backup;
using Varve.Cli.CommandLine;
using Varve.Cli.Output;

namespace Varve.Cli.Snapshots;

/// <summary>varve snapshot drill.</summary>
internal static class DrillCommand
{
    private const int Failed = 1;

    public static Command Create()
    {
        var scratch = new Option<string?>("--scratch")
        {
            Description = "Where the scratch place is made, with a key of the repository; the system's place for temporary files where this is not given. "
                + "The daemon has a setting (Backup:DrillDirectory).",
            HelpName = "DIR",
        };
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        RepositoryOptions repository = SnapshotAccess.Options();
        var connection = new ConnectionOptions();
        var command = new Command(
            "drill",
            "Restore the newest snapshot, and what was archived since, to a scratch place, compare every stream, and remove it again. The daemon compares "
            + "with its own rows. Exit code 1 where anything differs.")
        {
            scratch, json,
        };
        repository.AddTo(command);
        connection.AddTo(command);
        command.Run(async (parsed, cancellation) =>
        {
            if (parsed.GetValue(scratch) is not null && !repository.HasKey(parsed))
                throw new CliException("--scratch goes with a key of the repository; the daemon has its own scratch place (Backup:DrillDirectory)", exitCode: 2);
            await using SnapshotAccess snapshots = await SnapshotAccess.OpenAsync(repository, connection, parsed, cancellation);
            DrillReport report = await snapshots.DrillAsync(parsed.GetValue(scratch) ?? Path.GetTempPath(), cancellation);
            if (parsed.GetValue(json))
                JsonText.Print(ToJson(report));
            else
                Print(report);
            foreach (string problem in report.Problems.Concat(report.Streams.Where(s => s.Problem is not null).Select(s => $"stream '{s.Name}': {s.Problem}")))
                Console.Error.WriteLine($"varve: {problem}");
            return report.Problem is null ? 0 : Failed;
        });
        return command;
    }

    private static void Print(DrillReport report)
    {
        Table table = Terminal.Table("stream", "rows", "compared", "hash", "");
        table.Columns[1].RightAligned();
        table.Columns[2].RightAligned();
        foreach (DrilledStream s in report.Streams)
        {
            table.AddRow(
                Markup.Escape(s.Name), Quantity.Count(s.RowCount), Quantity.Count(s.ComparedRowCount), s.Hash.Length > 16 ? s.Hash[..16] : s.Hash,
                s.Problem is not null ? "[red]wrong[/]" : s.Note is { } note ? Markup.Escape(note) : "[green]all is well[/]");
        }

        AnsiConsole.Write(table);
        foreach (string note in report.Notes)
            Console.WriteLine(note);
        Console.WriteLine(
            $"restored snapshot {report.SnapshotId} up to position {report.Position}, {Quantity.Bytes(report.Bytes)} of segments, "
            + $"in {Quantity.Duration(report.Duration)}, and removed it again");
    }

    private static JsonObject ToJson(DrillReport report) => new()
    {
        ["ok"] = report.Problem is null,
        ["snapshot"] = report.SnapshotId,
        ["taken_at"] = SnapshotPrinter.Time(report.TakenAt),
        ["position"] = report.Position,
        ["bytes"] = report.Bytes,
        ["duration_seconds"] = Math.Round(report.Duration.TotalSeconds, 3),
        ["streams"] = new JsonArray([.. report.Streams.Select(ToJson)]),
        ["notes"] = new JsonArray([.. report.Notes.Select(n => JsonValue.Create(n))]),
        ["problems"] = new JsonArray([.. report.Problems.Select(p => JsonValue.Create(p))]),
    };

    private static JsonObject ToJson(DrilledStream s) => new()
    {
        ["name"] = s.Name,
        ["first_offset"] = s.FirstOffset,
        ["end_offset"] = s.EndOffset,
        ["hash"] = s.Hash,
        ["compared_rows"] = s.ComparedRowCount,
        ["note"] = s.Note,
        ["problem"] = s.Problem,
    };
}
