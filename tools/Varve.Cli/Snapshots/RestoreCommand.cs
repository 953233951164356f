using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Varve.Backup;
using Varve.Cli.CommandLine;
using Varve.Cli.Output;
using Varve.Storage;

namespace Varve.Cli.Snapshots;

/// <summary>varve snapshot restore. Needs no daemon.</summary>
internal static class RestoreCommand
{
    public static Command Create()
    {
        var to = new Option<string>("--to")
        {
            Description = "The data directory that is made. Nothing may stand there; its parent must exist.",
            HelpName = "DIR",
            Required = true,
        };
        var snapshot = new Option<string?>("--snapshot") { Description = "Which one; the newest, or the newest up to --at, where this is not given.", HelpName = "ID" };
        var at = new Option<string?>("--at")
        {
            Description = "A log position, or a time as 2026-11-28T01:52:26Z: everything up to there, and nothing behind.",
            HelpName = "TIME|POSITION",
        };
        var streams = new Option<string[]>("--stream") { Description = "Only this stream; may be given more than once.", HelpName = "NAME" };
        var keyFile = new Option<string?>("--key-file")
        {
            Description = "A file with the root key for the new directory; a fresh key in its root.key where this is not given.",
            HelpName = "FILE",
        };
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var repository = new RepositoryOptions();
        var command = new Command("restore", "Make a new data directory of a snapshot, and open it once to prove it.")
        {
            to, snapshot, at, streams, keyFile, json,
        };
        repository.AddTo(command);
        command.Run(async (parsed, cancellation) =>
        {
            RestoreOptions options = At(parsed.GetValue(at), new RestoreOptions
            {
                Directory = parsed.GetRequiredValue(to),
                SnapshotId = parsed.GetValue(snapshot),
                Streams = parsed.GetValue(streams) ?? [],
                RootKey = parsed.GetValue(keyFile) is { } file ? RootKeySource.FromFile(file) : null,
            });
            await using SnapshotRepository snapshots = await repository.OpenAsync(parsed, cancellation);
            RestoreResult restored = await snapshots.RestoreAsync(options, null, cancellation);
            if (parsed.GetValue(json))
                JsonText.Print(ToJson(restored));
            else
                Print(restored);
            return 0;
        });
        return command;
    }

    private static RestoreOptions At(string? at, RestoreOptions options)
    {
        if (at is null)
            return options;
        if (long.TryParse(at, NumberStyles.None, CultureInfo.InvariantCulture, out long position))
            return options with { Position = position };
        return DateTimeOffset.TryParse(at, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time)
            ? options with { Time = time }
            : throw new CliException($"--at is '{at}': expected a log position, or a time such as 2026-11-28T01:52:26Z", exitCode: 2);
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
