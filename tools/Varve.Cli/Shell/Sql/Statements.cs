namespace Varve.Cli.Shell.Sql;

/// <summary>Finds where statements end in a text of several. Stateless.</summary>
internal static class Statements
{
    /// <summary>Those that a semicolon ends, without it, and what stands behind the last one. Blank ones and mere comments are left out.</summary>
    public static (IReadOnlyList<string> Complete, string Open) Split(string text)
    {
        var complete = new List<string>();
        int start = 0;
        bool isBlank = true;
        foreach (SqlPart part in SqlScanner.Read(text))
        {
            if (part.Kind == SqlPartKind.Symbol && text[part.Start] == ';')
            {
                if (!isBlank)
                    complete.Add(text[start..part.Start].Trim());
                start = part.End;
                isBlank = true;
            }
            else
            {
                isBlank &= part.Kind == SqlPartKind.Comment;
            }
        }

        return (complete, text[start..]);
    }

    /// <summary>Nothing but blanks and closed comments.</summary>
    public static bool IsBlank(string text) => SqlScanner.Read(text).All(p => p.Kind == SqlPartKind.Comment && (!p.IsOpen || text[p.Start] == '-'));

    /// <summary>Whether enter should run it: a meta command, or statements of which the last one is ended.</summary>
    public static bool IsComplete(string text) => IsMeta(text) || IsBlank(Split(text).Open);

    /// <summary>A command to the shell itself.</summary>
    public static bool IsMeta(string text) => text.AsSpan().TrimStart().StartsWith("\\");
}
