using System.CommandLine;
using Varve.Cli.CommandLine;
using Varve.Cli.Output;
using Varve.Cli.Shell;
using Varve.Client;

namespace Varve.Cli.Query;

/// <summary>varve query ["SQL"].</summary>
internal static class QueryCommand
{
    private const string StandardInput = "-";

    public static Command Create()
    {
        var sql = new Argument<string?>("SQL")
        {
            Description = "The statement, in DuckDB's SQL. Streams are tables; _offset and _time are columns of each. Not given: a shell, where "
                + "a person sits at the terminal; else, and with -, the statements of standard input.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var format = new Option<string>("--format", "-f")
        {
            Description = "How to print the rows: table, expanded (a line a value), csv, json (an object a line) or arrow (an IPC stream).",
            DefaultValueFactory = _ => RowFormats.Table,
        };
        format.AcceptOnlyFromAmong(RowFormats.All);
        var json = new Option<bool>("--json") { Description = "The same as --format json." };
        var showPosition = new Option<bool>("--show-position")
        {
            Description = "Also print the log position of the answer, to standard error; varve tail --after-position goes on from there.",
        };
        var view = new ViewArguments();
        var snapshot = new SnapshotQuery();
        var connection = new ConnectionOptions();
        var command = new Command("query", "Run SQL over the streams and print the answer. It sees every acknowledged row.") { sql, format, json, showPosition };
        view.AddTo(command);
        snapshot.AddTo(command);
        connection.AddTo(command);
        command.Run(async (parsed, cancellation) =>
        {
            using var state = new ShellState
            {
                Format = parsed.GetValue(json) ? RowFormats.Json : parsed.GetValue(format)!,
                View = view.Read(parsed),
                ShowsPosition = parsed.GetValue(showPosition),
            };
            string? text = parsed.GetValue(sql);
            if (snapshot.IsAsked(parsed))
            {
                await snapshot.RunAsync(parsed, text, state, cancellation);
                return 0;
            }

            using VarveClient client = connection.Connect(parsed);
            if (text is not null and not StandardInput)
            {
                await StatementRunner.RunAsync(client, text, state, cancellation);
            }
            else if (text is null && !Console.IsInputRedirected && !Console.IsOutputRedirected)
            {
                using var shell = new QueryShell(client, state);
                await shell.RunAsync(connection.Endpoint(parsed), cancellation);
            }
            else
            {
                await SqlScript.RunAsync(Console.In, client, state, cancellation);
            }

            return 0;
        });
        return command;
    }
}
