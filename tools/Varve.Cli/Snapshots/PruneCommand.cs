using System.CommandLine;
using System.Text.Json.Nodes;
using Varve.Backup;
using Varve.Cli.CommandLine;
using Varve.Cli.Output;

namespace Varve.Cli.Snapshots;

/// <summary>varve snapshot prune. No daemon may be taking a snapshot meanwhile.</summary>
internal static class PruneCommand
{
    public static Command Create()
    {
        var keep = new Option<string?>("--keep")
        {
            Description = $"Which stay, of each node: {KeepRules.Allowed} is the newest of each of the last 14 days, 8 weeks and 12 months. The newest of all stays always.",
            HelpName = "RULES",
        };
        var named = new Option<string[]>("--snapshot") { Description = "Remove this one, also a damaged one; may be given more than once.", HelpName = "ID" };
        var trial = new Option<bool>("--dry-run") { Description = "Only say what would go." };
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        RepositoryOptions repository = SnapshotAccess.Options();
        var connection = new ConnectionOptions();
        var command = new Command("prune", "Remove snapshots, and all that no other snapshot needs.") { keep, named, trial, json };
        repository.AddTo(command);
        connection.AddTo(command);
        command.Run(async (parsed, cancellation) =>
        {
            string? rules = parsed.GetValue(keep);
            string[] ids = parsed.GetValue(named) ?? [];
            if (rules is null && ids.Length == 0)
                throw new CliException("say what to remove: --keep RULES or --snapshot ID", exitCode: 2);
            if (rules is not null && !KeepRules.TryParse(rules, out _))
                throw new CliException($"--keep is '{rules}': expected {KeepRules.Allowed}", exitCode: 2);
            await using SnapshotAccess snapshots = await SnapshotAccess.OpenAsync(repository, connection, parsed, cancellation);
            PruneResult result = await snapshots.PruneAsync(rules, ids, parsed.GetValue(trial), cancellation);
            if (parsed.GetValue(json))
                JsonText.Print(ToJson(result));
            else
                Console.WriteLine(
                    $"{(parsed.GetValue(trial) ? "would remove" : "removed")} {Quantity.Count(result.Removed.Count)} snapshots and {Quantity.Count(result.ObjectCount)} "
                    + $"objects of {Quantity.Bytes(result.Bytes)}; {Quantity.Count(result.Kept.Count)} snapshots stay");
            return 0;
        });
        return command;
    }

    private static JsonObject ToJson(PruneResult result) => new()
    {
        ["removed"] = new JsonArray([.. result.Removed.Select(r => JsonValue.Create(r))]),
        ["kept"] = new JsonArray([.. result.Kept.Select(k => JsonValue.Create(k))]),
        ["objects"] = result.ObjectCount,
        ["bytes"] = result.Bytes,
    };
}
