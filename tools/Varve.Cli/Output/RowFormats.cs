using Varve.Arrow;
using Varve.Cli.CommandLine;

namespace Varve.Cli.Output;

/// <summary>The formats that commands print rows in.</summary>
internal static class RowFormats
{
    public const string Table = "table";
    public const string Expanded = "expanded";
    public const string Csv = "csv";
    public const string Json = "json";
    public const string Arrow = "arrow";

    public static readonly string[] All = [Table, Expanded, Csv, Json, Arrow];

    public static IRowWriter Open(string format, Schema schema, Stream output) => format switch
    {
        Table => new TableWriter(schema, output),
        Expanded => new ExpandedWriter(schema, output),
        Csv => new CsvWriter(schema, output),
        Json => new JsonLinesWriter(output),
        Arrow => new ArrowWriter(schema, output),
        _ => throw new CliException($"--format {format}: expected one of {string.Join(", ", All)}", exitCode: 2),
    };
}
