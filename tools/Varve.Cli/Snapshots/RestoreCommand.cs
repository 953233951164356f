using System.CommandLine;
using System.Text.Json.Nodes;
using Varve.Backup;
using Varve.Cli.CommandLine;
using Varve.Cli.Output;
using Varve.Client;
using Varve.Protocol.V1;
using Varve.Storage;

namespace Varve.Cli.Snapshots;

/// <summary>varve snapshot restore: to a new directory, without a daemon; or a stream into a daemon that runs.</summary>
internal static class RestoreCommand
{
    public static Command Create()
    {
        var to = new Option<string?>("--to") { Description = "The data directory that is made. Nothing may stand there; its parent must exist.", HelpName = "DIR" };
        var name = new Option<string?>("--as")
        {
            Description = "Instead of --to: have the daemon bring one --stream back under this name, which no stream has, from one of its own repositories.",
            HelpName = "NAME",
        };
        var streams = new Option<string[]>("--stream") { Description = "Only this stream; may be given more than once.", HelpName = "NAME" };
        var node = new Option<Guid?>("--node") { Description = "The node whose snapshot is meant, where the repository serves several.", HelpName = "ID" };
        var keyFile = new Option<string?>("--key-file")
        {
            Description = "A file with the root key for the new directory; a fresh key in its root.key where this is not given.",
            HelpName = "FILE",
        };
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var moment = new MomentOptions();
        var limit = new LimitOption();
        var repository = new RepositoryOptions();
        var connection = new ConnectionOptions();
        var command = new Command("restore", "Make a new data directory of a snapshot, and open it once to prove it; or bring one stream back into a daemon.")
        {
            to, name, streams, node, keyFile, json,
        };
        moment.AddTo(command);
        limit.AddTo(command);
        repository.AddTo(command);
        connection.AddTo(command);
        command.Run(async (parsed, cancellation) =>
        {
            string[] wanted = parsed.GetValue(streams) ?? [];
            (long? position, DateTimeOffset? time) = moment.At(parsed);
            (string Stream, long End)? end = moment.AtOffset(parsed, wanted);
            bool asJson = parsed.GetValue(json);
            if (parsed.GetValue(name) is { } target)
            {
                if (parsed.GetValue(to) is not null || wanted.Length != 1 || (end is { } cut && cut.Stream != wanted[0]))
                    throw new CliException("--as NAME goes with one --stream, and without --to", exitCode: 2);
                if (parsed.GetValue(node) is not null || parsed.GetValue(keyFile) is not null)
                    throw new CliException("--as NAME takes a snapshot of the daemon's own node; --node and --key-file go with --to", exitCode: 2);
                RestoreStreamRequest request = StreamRestore.Request(
                    repository.Given(parsed), wanted[0], target, moment.Snapshot(parsed), limit.Read(parsed));
                StreamRestore.SetMoment(request, position, time, end?.End);
                using VarveClient client = connection.Connect(parsed);
                await StreamRestore.RunAsync(client, request, asJson, cancellation);
                return 0;
            }

            var options = new RestoreOptions
            {
                Directory = parsed.GetValue(to) ?? throw new CliException("say where to: --to DIR, or --stream NAME --as NAME into a daemon", exitCode: 2),
                SnapshotId = moment.Snapshot(parsed),
                Position = position,
                Time = time,
                End = end is { } e ? new StreamEnd(e.Stream, e.End) : null,
                NodeId = parsed.GetValue(node),
                Streams = wanted,
                RootKey = parsed.GetValue(keyFile) is { } file ? RootKeySource.FromFile(file) : null,
            };
            await using SnapshotRepository snapshots = await repository.OpenAsync(parsed, cancellation, limit.Read(parsed));
            var progress = new ByteProgress("restore", TimeProvider.System);
            RestoreResult restored = await progress.ShowAsync(() => snapshots.RestoreAsync(options, progress, cancellation), asJson);
            if (asJson)
                JsonText.Print(ToJson(restored));
            else
                Print(restored);
            return 0;
        });
        return command;
    }

    private static void Print(RestoreResult r)
    {
        Console.WriteLine(
            $"restored {Quantity.Count(r.RowCount)} rows in {Quantity.Count(r.StreamCount)} streams, up to position {r.Position}, from snapshot "
            + $"{r.SnapshotId} to {r.Directory}. Start it with: varve serve --data {r.Directory}");
        if (r.LeftOutCount > 0)
            Console.WriteLine($"{Quantity.Count(r.LeftOutCount)} other streams were left out");
        if (r.Erased.Count > 0)
            Console.WriteLine($"dropped since, so that nothing opens them any more: {string.Join(", ", r.Erased)}");
    }

    private static JsonObject ToJson(RestoreResult r) => new()
    {
        ["directory"] = r.Directory,
        ["snapshot"] = r.SnapshotId,
        ["position"] = r.Position,
        ["streams"] = r.StreamCount,
        ["rows"] = r.RowCount,
        ["left_out"] = r.LeftOutCount,
        ["erased"] = new JsonArray([.. r.Erased.Select(e => JsonValue.Create(e))]),
    };
}
