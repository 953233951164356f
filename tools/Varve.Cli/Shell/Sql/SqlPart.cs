namespace Varve.Cli.Shell.Sql;

/// <summary>A part of a text of SQL.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Start">Its first character.</param>
/// <param name="End">Behind its last.</param>
/// <param name="IsOpen">What closes it is missing: it goes up to the text's end.</param>
internal readonly record struct SqlPart(SqlPartKind Kind, int Start, int End, bool IsOpen = false)
{
    public ReadOnlySpan<char> In(string text) => text.AsSpan(Start, End - Start);
}
