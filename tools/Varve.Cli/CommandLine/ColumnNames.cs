namespace Varve.Cli.CommandLine;

/// <summary>Columns behind an option: comma-separated, and the option may be given again.</summary>
internal static class ColumnNames
{
    public static string[] Split(string[]? given) =>
        [.. (given ?? []).SelectMany(c => c.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];
}
