namespace Varve.Cli.Shell.Sql;

/// <summary>Words of SQL that are worth completing, and which of them can't be names without quotes.</summary>
internal static class SqlWords
{
    /// <summary>Behind these a table's name comes.</summary>
    public static readonly HashSet<string> BeforeTables = new(StringComparer.OrdinalIgnoreCase)
    {
        "from", "join", "into", "table", "describe", "summarize",
    };

    public static readonly string[] Reserved =
    [
        "ALL", "AND", "ANY", "AS", "ASC", "CASE", "CAST", "CREATE", "DEFAULT", "DESC", "DESCRIBE", "DISTINCT", "ELSE", "END", "EXCEPT",
        "FALSE", "FROM", "GROUP", "HAVING", "IN", "INTERSECT", "INTO", "LIMIT", "NOT", "NULL", "OFFSET", "ON", "OR", "ORDER", "PIVOT",
        "QUALIFY", "SELECT", "SHOW", "SOME", "SUMMARIZE", "TABLE", "THEN", "TRUE", "UNION", "UNIQUE", "UNPIVOT", "USING", "WHEN", "WHERE",
        "WINDOW", "WITH",
    ];

    /// <summary>Keywords that may be names, and functions.</summary>
    public static readonly string[] Others =
    [
        "ADD COLUMN", "ALTER TABLE", "ANTI", "ASOF", "BETWEEN", "BIGINT", "BOOLEAN", "BY", "COALESCE(", "COLUMNS(", "CROSS", "DATE",
        "DOUBLE", "DROP TABLE", "EXCLUDE", "EXISTS", "EXPLAIN", "EXTRACT(", "FILTER", "FLOAT", "FOLLOWING", "FULL", "GLOB", "IF", "ILIKE",
        "INNER", "INSERT INTO", "INTEGER", "INTERVAL", "IS", "JOIN", "LATERAL", "LEFT", "LIKE", "NATURAL", "NULLS", "OUTER", "OVER",
        "PARTITION", "POSITIONAL", "PRECEDING", "RANGE", "RECURSIVE", "REPLACE", "RIGHT", "ROW", "ROWS", "SEMI", "TABLES", "TIMESTAMP",
        "TRY_CAST(", "UNBOUNDED", "VALUES", "VARCHAR", "WITHIN", "approx_quantile(", "arg_max(", "arg_min(", "avg(", "count(", "count_if(",
        "date_diff(", "date_trunc(", "first(", "greatest(", "histogram(", "lag(", "last(", "lead(", "least(", "length(", "list(", "lower(",
        "max(", "median(", "min(", "now()", "quantile_cont(", "regexp_matches(", "round(", "row_number()", "stddev(", "string_agg(",
        "strftime(", "sum(", "time_bucket(", "upper(",
    ];

    private static readonly HashSet<string> ReservedSet = new(Reserved, StringComparer.OrdinalIgnoreCase);

    public static bool IsReserved(string word) => ReservedSet.Contains(word);

    /// <summary>A name as SQL has to write it.</summary>
    public static string Name(string name)
    {
        bool isPlain = name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(SqlScanner.IsWord) && !IsReserved(name);
        return isPlain ? name : $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }
}
