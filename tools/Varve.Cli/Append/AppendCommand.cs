using System.CommandLine;
using Varve.Cli.CommandLine;
using Varve.Client;

namespace Varve.Cli.Append;

/// <summary>varve append STREAM FILE.</summary>
internal static class AppendCommand
{
    public static Command Create()
    {
        var stream = new Argument<string>("STREAM") { Description = "The stream's name. It is created from the file's schema unless it exists." };
        var file = new Argument<string>("FILE") { Description = "The file; - reads standard input, which needs --input." };
        var input = new Option<string?>("--input", "-i") { Description = "The file's format; told from its name where it is not given.", HelpName = "csv|jsonl|arrow|parquet" };
        input.AcceptOnlyFromAmong(InputFormats.All);
        var json = new Option<bool>("--json") { Description = "Print what was appended as JSON, and no progress." };
        var connection = new ConnectionOptions();
        var command = new Command("append", "Append a file to a stream. Rows are durable when it says so.") { stream, file, input, json };
        connection.AddTo(command);
        command.Run(async (parsed, cancellation) =>
        {
            using VarveClient client = connection.Connect(parsed);
            AppendSummary summary = await FileAppend.RunAsync(
                client, parsed.GetRequiredValue(stream), parsed.GetRequiredValue(file), parsed.GetValue(input), showProgress: !parsed.GetValue(json), cancellation);
            summary.Print(parsed.GetValue(json));
            return 0;
        });
        return command;
    }
}
