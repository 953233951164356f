namespace Varve.Query.Rules;

/// <summary>Words that statements begin with.</summary>
internal static class StatementWords
{
    /// <summary>Statements that only read.</summary>
    public static readonly HashSet<string> Allowed = new(StringComparer.OrdinalIgnoreCase)
    {
        "SELECT", "WITH", "FROM", "VALUES", "TABLE", "EXPLAIN", "DESCRIBE", "DESC", "SHOW", "SUMMARIZE", "PIVOT", "PIVOT_WIDER",
        "PIVOT_LONGER", "UNPIVOT",
    };

    /// <summary>Statements that DuckDB knows and Varve does not allow; any other word is left to DuckDB's parser to judge.</summary>
    public static readonly HashSet<string> Refused = new(StringComparer.OrdinalIgnoreCase)
    {
        "ABORT", "ALTER", "ANALYZE", "ANALYSE", "ATTACH", "BEGIN", "CALL", "CHECKPOINT", "COMMENT", "COMMIT", "COPY", "CREATE", "DEALLOCATE",
        "DELETE", "DETACH", "DROP", "END", "EXECUTE", "EXPORT", "FORCE", "GRANT", "IMPORT", "INSERT", "INSTALL", "LOAD", "MERGE", "PRAGMA",
        "PREPARE", "REINDEX", "RESET", "REVOKE", "ROLLBACK", "SET", "START", "TRUNCATE", "UNINSTALL", "UPDATE", "USE", "VACUUM", "VARIABLE",
    };
}
