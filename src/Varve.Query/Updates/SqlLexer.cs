using Varve.Query.Rules;

namespace Varve.Query.Updates;

/// <summary>
/// Takes a statement apart into tokens, without blanks and comments, as DuckDB does. It finds where names, lists and queries begin and end; what
/// stands in them is for DuckDB to judge. Stateless.
/// </summary>
internal static class SqlLexer
{
    public static IReadOnlyList<SqlToken> Read(string sql)
    {
        var tokens = new List<SqlToken>();
        for (int at = SqlText.SkipBlanks(sql, 0); at < sql.Length; at = SqlText.SkipBlanks(sql, at))
        {
            SqlToken token = Next(sql, at);
            tokens.Add(token);
            at = token.End;
        }

        return tokens;
    }

    private static SqlToken Next(string sql, int at)
    {
        char c = sql[at];
        if (c is 'e' or 'E' && at + 1 < sql.Length && sql[at + 1] == '\'')
            return new SqlToken(SqlTokenKind.Text, at, EndOfQuoted(sql, at + 1, hasEscapes: true));
        if (IsNameCharacter(c))
            return new SqlToken(SqlTokenKind.Word, at, EndOfName(sql, at));
        return c switch
        {
            '\'' => new SqlToken(SqlTokenKind.Text, at, EndOfQuoted(sql, at)),
            '"' => new SqlToken(SqlTokenKind.QuotedName, at, EndOfQuoted(sql, at)),
            '?' => new SqlToken(SqlTokenKind.Placeholder, at, at + 1),
            '$' => Dollar(sql, at),
            _ => new SqlToken(SqlTokenKind.Symbol, at, at + 1),
        };
    }

    /// <summary>A placeholder, or a text between two equal tags such as $$ or $tag$.</summary>
    private static SqlToken Dollar(string sql, int at)
    {
        int end = EndOfName(sql, at + 1);
        if (end >= sql.Length || sql[end] != '$')
            return new SqlToken(SqlTokenKind.Placeholder, at, end);
        string tag = sql[at..(end + 1)];
        int close = sql.IndexOf(tag, end + 1, StringComparison.Ordinal);
        return close < 0 ? throw Unclosed("text", at) : new SqlToken(SqlTokenKind.Text, at, close + tag.Length);
    }

    private static int EndOfName(string sql, int at)
    {
        while (at < sql.Length && IsNameCharacter(sql[at]))
            at++;
        return at;
    }

    /// <summary>The quote doubled stands for itself.</summary>
    private static int EndOfQuoted(string sql, int at, bool hasEscapes = false)
    {
        char quote = sql[at];
        for (int i = at + 1; i < sql.Length; i++)
        {
            if (hasEscapes && sql[i] == '\\')
                i++;
            else if (sql[i] != quote)
                continue;
            else if (i + 1 < sql.Length && sql[i + 1] == quote)
                i++;
            else
                return i + 1;
        }

        throw Unclosed(quote == '"' ? "name" : "text", at);
    }

    private static bool IsNameCharacter(char c) => SqlText.IsWordCharacter(c) || c >= 0x80;

    private static QueryException Unclosed(string what, int at) =>
        new(QueryErrorCode.Syntax, $"the {what} that begins at character {at + 1} is not closed");
}
