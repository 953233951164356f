namespace Varve.Query;

/// <summary>What a statement does.</summary>
public enum StatementKind
{
    /// <summary>Reads rows: SELECT and its relatives, DESCRIBE, SHOW, SUMMARIZE.</summary>
    Query,

    /// <summary>Shows a plan.</summary>
    Explain,
}
