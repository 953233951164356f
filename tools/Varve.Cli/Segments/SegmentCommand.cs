using System.CommandLine;
using Varve.Cli.CommandLine;
using Varve.Storage.Segments;

namespace Varve.Cli.Segments;

/// <summary>varve segment inspect. Needs no daemon, and disturbs none.</summary>
internal static class SegmentCommand
{
    private const int Damaged = 1;

    public static Command Create() => new("segment", "Look at segment files.") { Inspect() };

    private static Command Inspect()
    {
        var file = new Argument<string>("FILE") { Description = "A segment: segments/NUMBER.seg in a data directory, or a copy of one." };
        var data = new Option<string?>("--data")
        {
            Description = "The data directory that the file comes from, which has its keys; the one that it stands in where this is not given.",
            HelpName = "DIR",
        };
        var rootKey = new RootKeyOptions();
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var command = new Command(
            "inspect", "Show what a segment file holds and how, and verify every page. Exit code 1 where it is damaged or cannot be verified.")
        {
            file, data, json,
        };
        rootKey.AddTo(command);
        command.Run(async (parsed, cancellation) =>
        {
            string path = parsed.GetRequiredValue(file);
            if (!File.Exists(path))
                throw new CliException($"{path}: there is no such file");
            SegmentInspection inspection = await SegmentInspection.ReadAsync(path, parsed.GetValue(data), rootKey.Source(parsed), cancellation);
            if (parsed.GetValue(json))
                SegmentPrinter.PrintJson(inspection);
            else
                SegmentPrinter.Print(inspection);
            if (inspection.Locked is { } locked)
                throw new CliException($"{path}: {locked}; say --data DIR with the data directory that it comes from", Damaged);
            return inspection.Damage.Count == 0 ? 0 : throw new CliException($"{Shown(inspection)}", Damaged);
        });
        return command;
    }

    private static string Shown(SegmentInspection inspection) => inspection.Damage.Count == 1
        ? inspection.Damage[0].Message
        : $"{inspection.Damage[0].Message}; {inspection.Damage.Count - 1} more pages are damaged";
}
