namespace Varve.Cli.Shell.Sql;

/// <summary>A stream and its columns, for completion.</summary>
internal sealed record StreamNames(string Name, IReadOnlyList<string> Columns)
{
    private static readonly string[] System = ["_offset", "_time"];

    public IEnumerable<string> AllColumns => Columns.Concat(System);
}
