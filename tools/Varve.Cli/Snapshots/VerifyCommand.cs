using System.CommandLine;
using System.Text.Json.Nodes;
using Varve.Backup;
using Varve.Cli.CommandLine;
using Varve.Cli.Output;

namespace Varve.Cli.Snapshots;

/// <summary>varve snapshot verify. Changes nothing.</summary>
internal static class VerifyCommand
{
    private const int Damaged = 1;

    public static Command Create()
    {
        var full = new Option<bool>("--full") { Description = "Open every byte and decode everything, as a restore would; else a sample is opened." };
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        RepositoryOptions repository = SnapshotAccess.Options();
        var connection = new ConnectionOptions();
        var limit = new LimitOption();
        var command = new Command("verify", "Look whether a repository is whole. Exit code 1 where it is not.") { full, json };
        repository.AddTo(command);
        connection.AddTo(command);
        limit.AddTo(command);
        command.Run(async (parsed, cancellation) =>
        {
            await using SnapshotAccess snapshots = await SnapshotAccess.OpenAsync(repository, connection, parsed, cancellation, limit.Read(parsed));
            bool asJson = parsed.GetValue(json);
            var progress = new ByteProgress("verify", TimeProvider.System);
            VerifyReport report = await progress.ShowAsync(() => snapshots.VerifyAsync(parsed.GetValue(full), progress, cancellation), asJson);
            if (asJson)
                JsonText.Print(ToJson(report));
            else
                Console.WriteLine(
                    $"{Quantity.Count(report.SnapshotCount)} snapshots need {Quantity.Count(report.ObjectCount)} objects; {Quantity.Count(report.OpenedCount)} were opened, "
                    + $"{Quantity.Count(report.DecodedSegmentCount)} segments decoded; {Quantity.Count(report.Problems.Count)} problems");
            foreach (string problem in report.Problems)
                Console.Error.WriteLine($"varve: {problem}");
            return report.Problems.Count == 0 ? 0 : Damaged;
        });
        return command;
    }

    private static JsonObject ToJson(VerifyReport report) => new()
    {
        ["snapshots"] = report.SnapshotCount,
        ["objects"] = report.ObjectCount,
        ["opened"] = report.OpenedCount,
        ["decoded_segments"] = report.DecodedSegmentCount,
        ["problems"] = new JsonArray([.. report.Problems.Select(p => JsonValue.Create(p))]),
    };
}
