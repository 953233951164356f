using Varve.Cli.CommandLine;

namespace Varve.Cli.Append;

/// <summary>The formats that files come in, and the endings of their names.</summary>
internal static class InputFormats
{
    public const string Csv = "csv";
    public const string JsonLines = "jsonl";
    public const string Arrow = "arrow";
    public const string Parquet = "parquet";

    public static readonly string[] All = [Csv, JsonLines, Arrow, Parquet];

    private static readonly Dictionary<string, string> ByEnding = new(StringComparer.OrdinalIgnoreCase)
    {
        [".csv"] = Csv,
        [".tsv"] = Csv,
        [".jsonl"] = JsonLines,
        [".ndjson"] = JsonLines,
        [".json"] = JsonLines,
        [".arrow"] = Arrow,
        [".arrows"] = Arrow,
        [".feather"] = Arrow,
        [".ipc"] = Arrow,
        [".parquet"] = Parquet,
    };

    /// <summary>The format that a file's name says; compressed text files end in .gz or .zst behind it.</summary>
    public static string Of(string file)
    {
        string name = Path.GetExtension(file) is ".gz" or ".zst" ? Path.GetFileNameWithoutExtension(file) : file;
        return ByEnding.TryGetValue(Path.GetExtension(name), out string? format)
            ? format
            : throw new CliException($"the name of {file} does not tell its format: say --input {string.Join('|', All)}", exitCode: 2);
    }
}
