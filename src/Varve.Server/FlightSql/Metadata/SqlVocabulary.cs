namespace Varve.Server.FlightSql.Metadata;

/// <summary>Words of Varve's SQL (DuckDB's dialect) that tools ask for: to complete what is typed, and to know what must be quoted.</summary>
internal static class SqlVocabulary
{
    /// <summary>Reserved words that SQL:2003 does not reserve.</summary>
    public static readonly string[] Keywords =
    [
        "ANALYSE", "ANALYZE", "ANTI", "ASOF", "DEFERRABLE", "DESCRIBE", "DO", "GLOB", "ILIKE", "INITIALLY", "LAMBDA", "LIMIT", "MACRO", "OFFSET",
        "PIVOT", "PIVOT_LONGER", "PIVOT_WIDER", "PLACING", "POSITIONAL", "QUALIFY", "RETURNING", "SEMI", "SHOW", "SUMMARIZE", "UNPIVOT", "VARIADIC",
    ];

    public static readonly string[] NumericFunctions =
    [
        "ABS", "ACOS", "ASIN", "ATAN", "ATAN2", "CEILING", "COS", "COT", "DEGREES", "EXP", "FLOOR", "LOG", "LOG10", "MOD", "PI", "POWER", "RADIANS",
        "ROUND", "SIGN", "SIN", "SQRT", "TAN",
    ];

    public static readonly string[] StringFunctions =
    [
        "ASCII", "CHR", "CONCAT", "LCASE", "LEFT", "LENGTH", "LOWER", "LTRIM", "REPEAT", "REPLACE", "RIGHT", "RTRIM", "SUBSTRING", "UCASE", "UPPER",
    ];

    public static readonly string[] SystemFunctions = ["COALESCE", "IFNULL", "NULLIF"];

    public static readonly string[] DateTimeFunctions =
    [
        "CURRENT_DATE", "CURRENT_TIMESTAMP", "DATE_DIFF", "DATE_PART", "DATE_TRUNC", "DAYNAME", "DAYOFMONTH", "DAYOFWEEK", "DAYOFYEAR", "EXTRACT",
        "HOUR", "MINUTE", "MONTH", "MONTHNAME", "NOW", "QUARTER", "SECOND", "TIME_BUCKET", "WEEK", "YEAR",
    ];
}
