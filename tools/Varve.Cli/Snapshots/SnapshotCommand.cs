using System.CommandLine;
using System.Text.Json.Nodes;
using Varve.Backup;
using Varve.Cli.CommandLine;
using Varve.Cli.Output;
using Varve.Client;
using Varve.Protocol.V1;

namespace Varve.Cli.Snapshots;

/// <summary>varve snapshot create|list|show|verify|restore|prune|drill|schedule.</summary>
internal static class SnapshotCommand
{
    private const int Damaged = 1;

    public static Command Create() => new("snapshot", "Take, list, verify, restore and prune snapshots of a node, and prove them by drills.")
    {
        CreateSnapshot(), List(), Show(), VerifyCommand.Create(), RestoreCommand.Create(), PruneCommand.Create(),
        DrillCommand.Create(), ScheduleCommand.Create(),
    };

    private static Command CreateSnapshot()
    {
        var repository = new Option<string?>("--repo")
        {
            Description = "Which of the daemon's repositories (its setting Backup:Repository); the first one where this is not given.",
            HelpName = "DIR",
        };
        var stream = new Option<string[]>("--stream")
        {
            Description = "Only this stream; may be given several times. Such a snapshot is restored where it is named, never as the newest one, and pruned by name alone.",
            HelpName = "NAME",
        };
        var json = Json();
        var limit = new LimitOption();
        var connection = new ConnectionOptions();
        var command = new Command(
            "create", "Have the daemon take a snapshot, while appends go on. Exit code 1 also where earlier snapshots were found damaged.")
        {
            repository, stream, json,
        };
        limit.AddTo(command);
        connection.AddTo(command);
        command.Run(async (parsed, cancellation) =>
        {
            using VarveClient client = connection.Connect(parsed);
            var progress = new ByteProgress("snapshot", TimeProvider.System);
            CreatedSnapshot made = await progress.ShowAsync(
                () => client.CreateSnapshotAsync(
                    parsed.GetValue(repository) ?? "", limit.Read(parsed), p => progress.Report(p.DoneBytes, p.TotalBytes), parsed.GetValue(stream), cancellation),
                parsed.GetValue(json));
            if (parsed.GetValue(json))
                JsonText.Print(ToJson(made));
            else
                Console.WriteLine(
                    $"snapshot {made.Snapshot.Id} of position {made.Snapshot.Position}: {Quantity.Count(made.Snapshot.RowCount)} rows in "
                    + $"{Quantity.Count(made.Snapshot.StreamCount)} streams, {Quantity.Bytes(made.Snapshot.AddedBytes)} added to the repository");
            foreach (string problem in made.Problems)
                Console.Error.WriteLine($"varve: {problem}");
            return made.Problems.Count == 0 ? 0 : throw new CliException(
                $"snapshot {made.Snapshot.Id} is whole, but {made.Problems.Count} things of earlier ones were missing or damaged; {made.Healed} of them "
                + "were put back. See: varve snapshot verify",
                Damaged);
        });
        return command;
    }

    private static Command List()
    {
        var json = Json();
        RepositoryOptions repository = SnapshotAccess.Options();
        var connection = new ConnectionOptions();
        var command = new Command("list", "List the snapshots of a repository, the oldest first.") { json };
        repository.AddTo(command);
        connection.AddTo(command);
        command.Run(async (parsed, cancellation) =>
        {
            await using SnapshotAccess snapshots = await SnapshotAccess.OpenAsync(repository, connection, parsed, cancellation);
            IReadOnlyList<SnapshotDescription> all = await snapshots.ListAsync(cancellation);
            if (parsed.GetValue(json))
                JsonText.Print(new JsonArray([.. all.Select(SnapshotPrinter.ToJson)]));
            else if (all.Count == 0)
                Console.WriteLine("there are no snapshots");
            else
                SnapshotPrinter.Print(all);
            return all.FirstOrDefault(s => s.Damage is not null) is { } damaged
                ? throw new CliException($"snapshot {damaged.Id} cannot be read: {damaged.Damage}", Damaged)
                : 0;
        });
        return command;
    }

    private static Command Show()
    {
        var id = new Argument<string>("SNAPSHOT") { Description = "Its id, from the list." };
        var json = Json();
        RepositoryOptions repository = SnapshotAccess.Options();
        var connection = new ConnectionOptions();
        var command = new Command("show", "Show one snapshot.") { id, json };
        repository.AddTo(command);
        connection.AddTo(command);
        command.Run(async (parsed, cancellation) =>
        {
            await using SnapshotAccess snapshots = await SnapshotAccess.OpenAsync(repository, connection, parsed, cancellation);
            string wanted = parsed.GetRequiredValue(id);
            SnapshotDescription shown = await snapshots.GetAsync(wanted, cancellation);
            if (shown.Damage is { } damage)
                throw new CliException($"snapshot {wanted} cannot be read: {damage}", Damaged);
            if (parsed.GetValue(json))
                JsonText.Print(SnapshotPrinter.ToJson(shown));
            else
                SnapshotPrinter.PrintOne(shown);
            return 0;
        });
        return command;
    }

    private static JsonObject ToJson(CreatedSnapshot made)
    {
        JsonObject json = SnapshotPrinter.ToJson(DaemonSnapshots.Describe(made.Snapshot));
        json["problems"] = new JsonArray([.. made.Problems.Select(p => JsonValue.Create(p))]);
        json["healed"] = made.Healed;
        return json;
    }

    private static Option<bool> Json() => new("--json") { Description = "Print JSON." };
}
