using Varve.Query.Native;

namespace Varve.Query.Rules;

/// <summary>
/// What a client's statement may be. The sandbox of the database is the other fence (no files, no network, locked settings, read-only
/// transaction); this one gives clear refusals, and keeps away what would harm the process before DuckDB binds it. Thread-safe.
/// </summary>
internal sealed class StatementRules(int lengthMax, FunctionRules functions)
{
    /// <summary>Judges the text before anything is bound.</summary>
    /// <param name="connection">Used to parse, where a word of the text might be a function that is not allowed.</param>
    /// <param name="sql">One statement.</param>
    public void CheckText(DuckDbConnection connection, string sql)
    {
        if (sql.Length > lengthMax)
            throw new QueryException(QueryErrorCode.TooLarge, $"the statement has {sql.Length} characters; at most {lengthMax} are allowed");
        if (sql.Contains('\0'))
            throw new QueryException(QueryErrorCode.Syntax, "the statement holds a NUL character");
        CheckFirstWord(sql);
        string reading = SqlText.Explained(sql) ?? sql;
        CheckFirstWord(reading);
        functions.Check(connection, reading, sql);
    }

    /// <summary>Judges the kind of statement that DuckDB found.</summary>
    public static void CheckKind(DuckDbStatementType kind)
    {
        if (kind is not (DuckDbStatementType.Select or DuckDbStatementType.Explain))
            throw Refused(kind.ToString().ToUpperInvariant());
    }

    private static void CheckFirstWord(string sql)
    {
        int at = 0;
        string word = SqlText.NextWord(sql, ref at).ToString();
        if (StatementWords.Refused.Contains(word))
            throw Refused(word.ToUpperInvariant());
    }

    private static QueryException Refused(string what) => new(
        QueryErrorCode.Refused,
        $"{what} statements are not allowed here: SQL reads (SELECT, WITH, FROM, VALUES, DESCRIBE, SHOW, SUMMARIZE, EXPLAIN), and through Flight SQL "
        + "it appends to streams, creates, alters and drops them (INSERT INTO, CREATE TABLE, ALTER TABLE, DROP TABLE)");
}
