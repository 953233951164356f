using System.CommandLine;
using Varve.Cli.CommandLine;
using Varve.Cli.Output;
using Varve.Client;

namespace Varve.Cli.Tail;

/// <summary>varve tail STREAM.</summary>
internal static class TailCommand
{
    private const string Text = "text";
    private const int RowsShown = 10;

    public static Command Create()
    {
        var stream = new Argument<string>("STREAM") { Description = "The stream's name." };
        var from = new Option<long?>("--from") { Description = "The first offset to read.", HelpName = "N" };
        var last = new Option<long?>("--last", "-n") { Description = $"Start with the newest N rows ({RowsShown} where --from is not given either).", HelpName = "N" };
        var after = new Option<long?>("--after-position")
        {
            Description = "Start behind the rows of an earlier answer, by its log position (varve query --show-position).",
            HelpName = "N",
        };
        var where = new Option<string?>("--where") { Description = "Only rows for which this condition in SQL holds.", HelpName = "CONDITION" };
        var minPosition = new Option<long?>("--min-position") { Description = "Wait until this log position is visible.", HelpName = "N" };
        var follow = new Option<bool>("--follow") { Description = "Go on with new rows until interrupted." };
        var columns = new Option<string[]>("--columns") { Description = "Only these columns, comma-separated; also _offset and _time.", HelpName = "A,B,..." };
        var format = new Option<string>("--format", "-f")
        {
            Description = "How to print the rows: text (a line each), csv, json or arrow.",
            DefaultValueFactory = _ => Text,
        };
        format.AcceptOnlyFromAmong(Text, RowFormats.Csv, RowFormats.Json, RowFormats.Arrow);
        var json = new Option<bool>("--json") { Description = "The same as --format json." };
        var connection = new ConnectionOptions();
        var command = new Command("tail", "Print the newest rows of a stream, or all from an offset on, and follow it.")
        {
            stream, from, last, after, where, minPosition, follow, columns, format, json,
        };
        connection.AddTo(command);
        command.Validators.Add(result =>
        {
            if (new[] { result.GetValue(from), result.GetValue(last), result.GetValue(after) }.Count(start => start is not null) > 1)
                result.AddError("--from, --last and --after-position say where to start: give one of them");
        });
        command.Run(async (parsed, cancellation) =>
        {
            string name = parsed.GetRequiredValue(stream);
            using VarveClient client = connection.Connect(parsed);
            var options = new ReadOptions
            {
                FromOffset = parsed.GetValue(from),
                LastRows = parsed.GetValue(last) ?? (parsed.GetValue(from) is null && parsed.GetValue(after) is null ? RowsShown : null),
                AfterPosition = parsed.GetValue(after),
                Filter = parsed.GetValue(where),
                MinPosition = parsed.GetValue(minPosition),
                Follow = parsed.GetValue(follow),
                Columns = await ColumnsAsync(client, name, parsed.GetValue(columns) ?? [], cancellation),
            };
            await using Stream output = Console.OpenStandardOutput();
            IRowWriter? writer = null;
            try
            {
                await foreach (StreamRows rows in client.ReadAsync(name, options, cancellation))
                {
                    string chosen = parsed.GetValue(json) ? RowFormats.Json : parsed.GetValue(format)!;
                    writer ??= chosen == Text ? new LineWriter(output) : RowFormats.Open(chosen, rows.Rows.Schema, output);
                    writer.Write(rows.Rows);
                }

                writer?.Finish();
            }
            finally
            {
                writer?.Dispose();
            }

            return 0;
        });
        return command;
    }

    /// <summary>Without a choice: offset and time, then the stream's own columns.</summary>
    private static async Task<IReadOnlyList<string>> ColumnsAsync(VarveClient client, string stream, string[] chosen, CancellationToken cancellation) =>
        chosen.Length > 0
            ? ColumnNames.Split(chosen)
            : ["_offset", "_time", .. (await client.DescribeStreamAsync(stream, cancellation)).Schema.Columns_.Select(c => c.Name)];
}
