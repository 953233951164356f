namespace Varve.Cli.Shell.Sql;

/// <summary>
/// Takes SQL apart while it is being written: as DuckDB does, but what is not closed yet is a part too. Blanks are no part. Stateless.
/// </summary>
internal static class SqlScanner
{
    public static IEnumerable<SqlPart> Read(string text, int start = 0)
    {
        for (int at = start; at < text.Length;)
        {
            if (char.IsWhiteSpace(text[at]))
            {
                at++;
                continue;
            }

            SqlPart part = Next(text, at);
            yield return part;
            at = part.End;
        }
    }

    public static bool IsWord(char c) => char.IsAsciiLetterOrDigit(c) || c == '_' || c >= 0x80;

    private static SqlPart Next(string text, int at) => text[at] switch
    {
        '\'' => Quoted(text, at, SqlPartKind.Text),
        '"' => Quoted(text, at, SqlPartKind.QuotedName),
        'e' or 'E' when StartsWith(text, at + 1, "'") => Quoted(text, at + 1, SqlPartKind.Text, hasEscapes: true) with { Start = at },
        '-' when StartsWith(text, at, "--") => LineComment(text, at),
        '/' when StartsWith(text, at, "/*") => BlockComment(text, at),
        '$' => Dollar(text, at),
        var c when IsWord(c) => new SqlPart(SqlPartKind.Word, at, EndOfWord(text, at)),
        _ => new SqlPart(SqlPartKind.Symbol, at, at + 1),
    };

    /// <summary>The quote doubled stands for itself.</summary>
    private static SqlPart Quoted(string text, int at, SqlPartKind kind, bool hasEscapes = false)
    {
        for (int i = at + 1; i < text.Length; i++)
        {
            if (hasEscapes && text[i] == '\\')
                i++;
            else if (text[i] != text[at])
                continue;
            else if (i + 1 < text.Length && text[i + 1] == text[at])
                i++;
            else
                return new SqlPart(kind, at, i + 1);
        }

        return new SqlPart(kind, at, text.Length, IsOpen: true);
    }

    /// <summary>A line that ends at the text's end is open: what is typed next still belongs to it.</summary>
    private static SqlPart LineComment(string text, int at)
    {
        int end = text.IndexOf('\n', at);
        return end < 0 ? new SqlPart(SqlPartKind.Comment, at, text.Length, IsOpen: true) : new SqlPart(SqlPartKind.Comment, at, end);
    }

    private static SqlPart BlockComment(string text, int at)
    {
        int depth = 0;
        for (int i = at; i + 1 < text.Length; i++)
        {
            if (StartsWith(text, i, "/*"))
            {
                depth++;
                i++;
            }
            else if (StartsWith(text, i, "*/"))
            {
                i++;
                if (--depth == 0)
                    return new SqlPart(SqlPartKind.Comment, at, i + 1);
            }
        }

        return new SqlPart(SqlPartKind.Comment, at, text.Length, IsOpen: true);
    }

    /// <summary>A placeholder, or a text between two equal tags such as $$ or $tag$.</summary>
    private static SqlPart Dollar(string text, int at)
    {
        int end = EndOfWord(text, at + 1);
        if (end >= text.Length || text[end] != '$')
            return new SqlPart(SqlPartKind.Symbol, at, end);
        string tag = text[at..(end + 1)];
        int close = text.IndexOf(tag, end + 1, StringComparison.Ordinal);
        return close < 0 ? new SqlPart(SqlPartKind.Text, at, text.Length, IsOpen: true) : new SqlPart(SqlPartKind.Text, at, close + tag.Length);
    }

    private static int EndOfWord(string text, int at)
    {
        while (at < text.Length && IsWord(text[at]))
            at++;
        return at;
    }

    private static bool StartsWith(string text, int at, string start) => string.CompareOrdinal(text, at, start, 0, start.Length) == 0;
}
