using System.CommandLine;
using System.CommandLine.Invocation;
using Varve.Cli.Append;
using Varve.Cli.Check;
using Varve.Cli.CommandLine;
using Varve.Cli.Consumers;
using Varve.Cli.Copy;
using Varve.Cli.Demo;
using Varve.Cli.Export;
using Varve.Cli.Keys;
using Varve.Cli.Output;
using Varve.Cli.Query;
using Varve.Cli.Segments;
using Varve.Cli.Serve;
using Varve.Cli.Snapshots;
using Varve.Cli.Status;
using Varve.Cli.Streams;
using Varve.Cli.Tail;

const int UsageError = 2;

Terminal.Setup();
var root = new RootCommand("Varve keeps streams of rows: durable before acknowledged, in SQL at once.")
{
    ServeCommand.Create(),
    DemoCommand.Create(),
    StreamCommand.Create(),
    ConsumerCommand.Create(),
    SegmentCommand.Create(),
    KeyCommand.Create(),
    SnapshotCommand.Create(),
    AppendCommand.Create(),
    ExportCommand.Create(),
    CopyCommand.Create(),
    QueryCommand.Create(),
    TailCommand.Create(),
    StatusCommand.Create(),
    CheckCommand.Create(),
};
ParseResult parsed = root.Parse(args);
if (args.Length > 0 && parsed.Action is ParseErrorAction)
{
    // One line instead of the whole help, in which the error would be lost.
    string problems = FailureText.OneLine(string.Join(' ', parsed.Errors.Select(e => e.Message)));
    Command command = parsed.CommandResult.Command;
    string choice = command.Subcommands.Count > 0 ? $" Commands are {string.Join(", ", command.Subcommands.Select(c => c.Name))}." : "";
    Console.Error.WriteLine($"varve: {problems}{choice} See: varve {NameOf(command)}--help");
    return UsageError;
}

return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });

static string NameOf(Command command) =>
    command.Parents.OfType<Command>().FirstOrDefault() is { } parent ? $"{NameOf(parent)}{command.Name} " : "";
