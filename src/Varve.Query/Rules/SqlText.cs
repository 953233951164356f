namespace Varve.Query.Rules;

/// <summary>The little that must be known of a statement's text before DuckDB sees it: its first words. Not a parser.</summary>
internal static class SqlText
{
    /// <summary>
    /// The word at <paramref name="at"/> after blanks, comments and semicolons, which then stands behind it; empty where no word begins.
    /// </summary>
    public static ReadOnlySpan<char> NextWord(ReadOnlySpan<char> sql, ref int at)
    {
        at = SkipBlanks(sql, at);
        int start = at;
        while (at < sql.Length && IsWordCharacter(sql[at]))
            at++;
        return sql[start..at];
    }

    public static bool IsWordCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c == '_';

    /// <summary>True where one of the words stands anywhere in the text, in strings and comments too.</summary>
    public static bool HasWord(string sql, HashSet<string> words)
    {
        HashSet<string>.AlternateLookup<ReadOnlySpan<char>> lookup = words.GetAlternateLookup<ReadOnlySpan<char>>();
        int start = -1;
        for (int i = 0; i <= sql.Length; i++)
        {
            bool inWord = i < sql.Length && IsWordCharacter(sql[i]);
            if (inWord && start < 0)
                start = i;
            if (inWord || start < 0)
                continue;
            if (lookup.Contains(sql.AsSpan(start, i - start)))
                return true;
            start = -1;
        }

        return false;
    }

    /// <summary>
    /// What EXPLAIN explains: the text behind EXPLAIN, its ANALYZE or VERBOSE, and its options in parentheses. Null where the text is
    /// no EXPLAIN.
    /// </summary>
    public static string? Explained(string sql)
    {
        int at = 0;
        if (!NextWord(sql, ref at).Equals("EXPLAIN", StringComparison.OrdinalIgnoreCase))
            return null;
        int behind = at;
        while (NextWord(sql, ref behind) is var word
            && (word.Equals("ANALYZE", StringComparison.OrdinalIgnoreCase) || word.Equals("ANALYSE", StringComparison.OrdinalIgnoreCase)
                || word.Equals("VERBOSE", StringComparison.OrdinalIgnoreCase)))
        {
            at = behind;
        }

        at = SkipBlanks(sql, at);
        if (at < sql.Length && sql[at] == '(' && !BeginsQuery(sql, at + 1))
        {
            int close = sql.IndexOf(')', at);
            at = close < 0 ? sql.Length : close + 1;
        }

        return sql[at..];
    }

    /// <summary>True where a statement, not EXPLAIN's list of options, stands behind an opening parenthesis.</summary>
    private static bool BeginsQuery(string sql, int at)
    {
        ReadOnlySpan<char> word = NextWord(sql, ref at);
        return word.IsEmpty || StatementWords.Allowed.Contains(word.ToString());
    }

    /// <summary>Where blanks, comments and semicolons end.</summary>
    public static int SkipBlanks(ReadOnlySpan<char> sql, int at)
    {
        while (at < sql.Length)
        {
            if (char.IsWhiteSpace(sql[at]) || sql[at] == ';')
                at++;
            else if (sql[at..].StartsWith("--"))
                at = EndOfLine(sql, at);
            else if (sql[at..].StartsWith("/*"))
                at = EndOfComment(sql, at);
            else
                break;
        }

        return at;
    }

    private static int EndOfLine(ReadOnlySpan<char> sql, int at)
    {
        int length = sql[at..].IndexOfAny('\n', '\r');
        return length < 0 ? sql.Length : at + length;
    }

    /// <summary>Comments nest, as in PostgreSQL.</summary>
    private static int EndOfComment(ReadOnlySpan<char> sql, int at)
    {
        int depth = 0;
        while (at < sql.Length)
        {
            if (sql[at..].StartsWith("/*"))
                (depth, at) = (depth + 1, at + 2);
            else if (sql[at..].StartsWith("*/"))
                (depth, at) = (depth - 1, at + 2);
            else
                at++;
            if (depth == 0)
                return at;
        }

        return at;
    }
}
