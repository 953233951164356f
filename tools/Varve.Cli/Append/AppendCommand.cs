using System.CommandLine;
using Varve.Cli.CommandLine;
using Varve.Client;

namespace Varve.Cli.Append;

/// <summary>varve append STREAM FILE...</summary>
internal static class AppendCommand
{
    public static Command Create()
    {
        var stream = new Argument<string>("STREAM") { Description = "The stream's name. It is created from the first file's schema unless it exists." };
        var files = new Argument<string[]>("FILE")
        {
            Description = "The files, one after the other; - reads standard input, which needs --input.",
            Arity = ArgumentArity.OneOrMore,
        };
        var input = new Option<string?>("--input", "-i") { Description = "The format of all files; told from their names where it is not given.", HelpName = "csv|jsonl|arrow|parquet" };
        input.AcceptOnlyFromAmong(InputFormats.All);
        var producer = new Option<string?>("--producer")
        {
            Description = "Append each row once, under this name: after a failure the same command with the same files goes on where it was. "
                + "Another set of files needs another name.",
            HelpName = "NAME",
        };
        var json = new Option<bool>("--json") { Description = "Print what was appended as JSON, and no progress." };
        var connection = new ConnectionOptions();
        var command = new Command("append", "Append files to a stream. Rows are durable when it says so.") { stream, files, input, producer, json };
        command.Aliases.Add("import");
        connection.AddTo(command);
        command.Run(async (parsed, cancellation) =>
        {
            using VarveClient client = connection.Connect(parsed);
            AppendSummary summary = await FileAppend.RunAsync(
                client,
                parsed.GetRequiredValue(stream),
                parsed.GetRequiredValue(files),
                parsed.GetValue(input),
                parsed.GetValue(producer),
                showProgress: !parsed.GetValue(json),
                cancellation);
            summary.Print(parsed.GetValue(json));
            return 0;
        });
        return command;
    }
}
