using Varve.Arrow;
using Varve.Cli.CommandLine;

namespace Varve.Cli.Streams;

/// <summary>Columns as they are written on the command line: "NAME TYPE", with "not null" behind it where that holds.</summary>
internal static class ColumnText
{
    private const string NotNull = " not null";

    public static IReadOnlyList<Field> Parse(IEnumerable<string> columns) => [.. columns.Select(Parse)];

    private static Field Parse(string text)
    {
        string column = text.Trim();
        bool isNullable = !column.EndsWith(NotNull, StringComparison.OrdinalIgnoreCase);
        if (!isNullable)
            column = column[..^NotNull.Length].TrimEnd();
        int space = column.IndexOf(' ', StringComparison.Ordinal);
        if (space < 0)
            throw new CliException($"column '{text}' has no type; write it as \"NAME TYPE\", such as \"id int64 not null\"", exitCode: 2);
        try
        {
            return new Field(column[..space], TypeNames.Parse(column[space..].Trim()), isNullable);
        }
        catch (ArrowFormatException e)
        {
            throw new CliException($"column '{text}': {e.Message}", exitCode: 2, e);
        }
    }
}
