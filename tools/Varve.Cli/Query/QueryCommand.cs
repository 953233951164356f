using System.CommandLine;
using Varve.Arrow;
using Varve.Cli.CommandLine;
using Varve.Cli.Output;
using Varve.Client;

namespace Varve.Cli.Query;

/// <summary>varve query "SQL".</summary>
internal static class QueryCommand
{
    public static Command Create()
    {
        var sql = new Argument<string>("SQL") { Description = "The statement, in DuckDB's SQL; - reads it from standard input. Streams are tables; _offset and _time are columns of each." };
        var format = new Option<string>("--format", "-f")
        {
            Description = "How to print the rows: table, csv, json (an object a line) or arrow (an IPC stream).",
            DefaultValueFactory = _ => RowFormats.Table,
        };
        format.AcceptOnlyFromAmong(RowFormats.All);
        var json = new Option<bool>("--json") { Description = "The same as --format json." };
        var showPosition = new Option<bool>("--show-position")
        {
            Description = "Also print the log position of the answer, to standard error; varve tail --after-position goes on from there.",
        };
        var view = new ViewArguments();
        var connection = new ConnectionOptions();
        var command = new Command("query", "Run SQL over the streams and print the answer. It sees every acknowledged row.") { sql, format, json, showPosition };
        view.AddTo(command);
        connection.AddTo(command);
        command.Run(async (parsed, cancellation) =>
        {
            string text = parsed.GetRequiredValue(sql);
            if (text == "-")
                text = await Console.In.ReadToEndAsync(cancellation);
            using VarveClient client = connection.Connect(parsed);
            using SqlAnswer answer = await client.QueryAsync(text, view.Read(parsed), cancellation);
            await using Stream output = Console.OpenStandardOutput();
            using IRowWriter writer = RowFormats.Open(parsed.GetValue(json) ? RowFormats.Json : parsed.GetValue(format)!, answer.Schema, output);
            await foreach (RecordBatch batch in answer.ReadAllAsync(cancellation))
                writer.Write(batch);
            writer.Finish();
            if (parsed.GetValue(showPosition))
                await Console.Error.WriteLineAsync($"position {answer.Position}");
            return 0;
        });
        return command;
    }
}
