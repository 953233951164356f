using System.CommandLine;
using System.Text.Json.Nodes;
using Varve.Cli.CommandLine;
using Varve.Cli.Output;
using Varve.Client;

namespace Varve.Cli.Copy;

/// <summary>varve copy STREAM --from ENDPOINT.</summary>
internal static class CopyCommand
{
    public static Command Create()
    {
        var stream = new Argument<string>("STREAM") { Description = "The stream's name on the node that it is copied from." };
        var name = new Option<string?>("--as") { Description = "The copy's name; the same by default.", HelpName = "NAME" };
        var follow = new Option<bool>("--follow") { Description = "Go on with new rows until interrupted." };
        var json = new Option<bool>("--json") { Description = "Print what was copied as JSON, and no progress." };
        var source = new ConnectionOptions("from");
        var connection = new ConnectionOptions().AlsoNamed("--to");
        var command = new Command("copy", "Copy a stream from another node, with its columns, settings and offsets. Run again, it goes on where it was.")
        {
            stream, name, follow, json,
        };
        source.AddTo(command);
        connection.AddTo(command);
        command.Run(async (parsed, cancellation) =>
        {
            string from = parsed.GetRequiredValue(stream);
            string to = parsed.GetValue(name) ?? from;
            if (from == to && source.Endpoint(parsed) == connection.Endpoint(parsed))
                throw new CliException($"--from and --endpoint are the same node: a copy on it needs another name, by --as", exitCode: 2);
            using VarveClient there = source.Connect(parsed);
            using VarveClient here = connection.Connect(parsed);
            var progress = new RowProgress(TimeProvider.System);
            var copy = new StreamCopy(there, here, from, to, progress);
            await (parsed.GetValue(json) ? RunAsync() : progress.ShowAsync(to, RunAsync));
            Print(to, copy, progress, parsed.GetValue(json));
            return 0;

            Task RunAsync() => copy.RunAsync(parsed.GetValue(follow), cancellation);
        });
        return command;
    }

    private static void Print(string name, StreamCopy copy, RowProgress progress, bool asJson)
    {
        long copied = copy.EndOffset - copy.RowsBefore;
        if (asJson)
        {
            Console.WriteLine(new JsonObject
            {
                ["stream"] = name,
                ["created"] = copy.Created,
                ["rows"] = copied,
                ["rows_before"] = copy.RowsBefore,
                ["end_offset"] = copy.EndOffset,
                ["seconds"] = Math.Round(progress.Elapsed.TotalSeconds, 3),
            }.ToJsonString());
            return;
        }

        string before = copy.RowsBefore == 0 ? "" : $"; {copy.RowsBefore:N0} rows were there already";
        Console.WriteLine($"copied {name}: {copied:N0} rows in {Quantity.Duration(progress.Elapsed)}{before}; it ends at offset {copy.EndOffset:N0}");
    }
}
