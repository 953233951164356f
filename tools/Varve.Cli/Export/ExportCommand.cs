using System.CommandLine;
using System.Text.Json.Nodes;
using Varve.Cli.Append;
using Varve.Cli.CommandLine;
using Varve.Cli.Output;
using Varve.Client;

namespace Varve.Cli.Export;

/// <summary>varve export STREAM FILE, or varve export --sql SQL FILE.</summary>
internal static class ExportCommand
{
    private const string StandardOutput = "-";

    public static Command Create()
    {
        var targets = new Argument<string[]>("STREAM FILE")
        {
            Description = "The stream, and the file to write; with --sql the file alone. - writes to standard output, which needs --format.",
            Arity = new ArgumentArity(1, 2),
        };
        var sql = new Option<string?>("--sql") { Description = "Export the answer to this statement.", HelpName = "SQL" };
        var from = new Option<long?>("--from") { Description = "The first offset.", HelpName = "N" };
        var to = new Option<long?>("--to") { Description = "Stop before this offset; the stream's end by default.", HelpName = "N" };
        var where = new Option<string?>("--where") { Description = "Only rows for which this condition in SQL holds.", HelpName = "CONDITION" };
        var columns = new Option<string[]>("--columns") { Description = "Only these columns, comma-separated; also _offset and _time.", HelpName = "A,B,..." };
        var format = new Option<string?>("--format", "-f")
        {
            Description = "Told from the file's name where it is not given.",
            HelpName = "csv|jsonl|arrow|parquet",
        };
        format.AcceptOnlyFromAmong(InputFormats.All);
        var force = new Option<bool>("--force") { Description = "Replace a file that is there." };
        var json = new Option<bool>("--json") { Description = "Print what was exported as JSON, and no progress." };
        var view = new ViewArguments();
        var connection = new ConnectionOptions();
        var command = new Command("export", "Write a stream, a range of it, or the answer to a statement to a file. varve append reads them all.")
        {
            targets, sql, from, to, where, columns, format, force, json,
        };
        view.AddTo(command);
        connection.AddTo(command);
        command.Validators.Add(result =>
        {
            bool isSql = result.GetValue(sql) is not null;
            if (result.GetValue(targets)?.Length != (isSql ? 1 : 2))
                result.AddError(isSql ? "with --sql, give the file alone" : "give the stream and the file, or --sql and the file");
            if (isSql && (result.GetValue(from) ?? result.GetValue(to) ?? (object?)result.GetValue(where)) is not null)
                result.AddError("--from, --to, --where and --columns are for streams: say it in the statement");
        });
        command.Run(async (parsed, cancellation) =>
        {
            string[] given = parsed.GetRequiredValue(targets);
            string file = given[^1];
            string chosen = parsed.GetValue(format) ?? FormatOf(file);
            using VarveClient client = connection.Connect(parsed);
            using SqlAnswer? answer = parsed.GetValue(sql) is { } statement
                ? await client.QueryAsync(statement, view.Read(parsed), cancellation)
                : null;
            ExportedRows rows = answer is not null
                ? ExportedRows.Of(answer, areKept: chosen == InputFormats.Parquet, cancellation)
                : await ExportedRows.OfStreamAsync(client, given[0], Options(), cancellation);
            var progress = new RowProgress(TimeProvider.System);
            progress.ExpectMore(rows.RowCount);
            await ShowAsync(() => WriteAsync(file, chosen, rows, parsed.GetValue(force), progress, cancellation));
            if (file != StandardOutput)
                Print(file, progress, parsed.GetValue(json));
            return 0;

            Task ShowAsync(Func<Task> work) => parsed.GetValue(json) ? work() : progress.ShowAsync(Path.GetFileName(file), work);

            ReadOptions Options() => new()
            {
                FromOffset = parsed.GetValue(from),
                ToOffset = parsed.GetValue(to),
                Filter = parsed.GetValue(where),
                Columns = ColumnNames.Split(parsed.GetValue(columns)),
                MinPosition = view.Read(parsed).MinPosition,
            };
        });
        return command;
    }

    private static string FormatOf(string file) => file != StandardOutput
        ? InputFormats.Of(file)
        : throw new CliException($"standard output has no name to tell a format by: say --format {string.Join('|', InputFormats.All)}", exitCode: 2);

    private static async Task WriteAsync(
        string file, string format, ExportedRows rows, bool replaces, RowProgress progress, CancellationToken cancellation)
    {
        if (file == StandardOutput && format != InputFormats.Parquet)
        {
            await using Stream output = Console.OpenStandardOutput();
            await RowFile.WriteAsync(output, format, rows, progress, cancellation);
            return;
        }

        // A Parquet file is made as a file, and then goes out.
        string path = file == StandardOutput ? Path.Combine(Path.GetTempPath(), $"varve-export-{Guid.NewGuid():N}") : file;
        using var target = new OutputFile(path, replaces);
        await RowFile.WriteAsync(target.AsidePath, format, rows, progress, cancellation);
        if (file != StandardOutput)
        {
            target.Commit();
            return;
        }

        await using FileStream made = File.OpenRead(target.AsidePath);
        await using Stream standard = Console.OpenStandardOutput();
        await made.CopyToAsync(standard, cancellation);
    }

    private static void Print(string file, RowProgress progress, bool asJson)
    {
        long bytes = new FileInfo(file).Length;
        if (asJson)
        {
            Console.WriteLine(new JsonObject
            {
                ["file"] = file,
                ["rows"] = progress.Rows,
                ["bytes"] = bytes,
                ["seconds"] = Math.Round(progress.Elapsed.TotalSeconds, 3),
            }.ToJsonString());
            return;
        }

        Console.WriteLine($"wrote {file}: {progress.Rows:N0} rows, {Quantity.Bytes(bytes)} in {Quantity.Duration(progress.Elapsed)}");
    }
}
