namespace Varve.Query.Native;

/// <summary>
/// Turns DuckDB's errors into <see cref="QueryException"/>. Its message is kept, with line, caret and hints; a native stack trace is cut off.
/// </summary>
internal static class DuckDbErrors
{
    /// <summary>What DuckDB puts before the message of each class of errors, where the class itself is not known.</summary>
    private static readonly (string Prefix, DuckDbErrorType Type)[] Prefixes =
    [
        ("Parser", DuckDbErrorType.Parser),
        ("Syntax", DuckDbErrorType.Syntax),
        ("Catalog", DuckDbErrorType.Catalog),
        ("Binder", DuckDbErrorType.Binder),
        ("Permission", DuckDbErrorType.Permission),
        ("Not implemented", DuckDbErrorType.NotImplemented),
        ("Out of Memory", DuckDbErrorType.OutOfMemory),
        ("INTERRUPT", DuckDbErrorType.Interrupt),
        ("Conversion", DuckDbErrorType.Conversion),
        ("Out of Range", DuckDbErrorType.OutOfRange),
        ("Invalid Input", DuckDbErrorType.InvalidInput),
        ("Invalid Configuration", DuckDbErrorType.InvalidConfiguration),
        ("TransactionContext", DuckDbErrorType.Transaction),
        ("IO", DuckDbErrorType.InputOutput),
        ("Invalid type", DuckDbErrorType.InvalidType),
        ("Mismatch Type", DuckDbErrorType.MismatchType),
        ("Unknown Type", DuckDbErrorType.UnknownType),
        ("Divide by Zero", DuckDbErrorType.DivideByZero),
        ("Object Size", DuckDbErrorType.ObjectSize),
        ("Decimal", DuckDbErrorType.Decimal),
        ("Expression", DuckDbErrorType.Expression),
        ("Planner", DuckDbErrorType.Planner),
        ("Constraint", DuckDbErrorType.Constraint),
        ("Sequence", DuckDbErrorType.Sequence),
        ("Settings", DuckDbErrorType.Settings),
        ("Missing Extension", DuckDbErrorType.MissingExtension),
        ("Parameter Not Resolved", DuckDbErrorType.ParameterNotResolved),
        ("Parameter Not Allowed", DuckDbErrorType.ParameterNotAllowed),
        ("INTERNAL", DuckDbErrorType.Internal),
        ("FATAL", DuckDbErrorType.Fatal),
    ];

    /// <summary>For calls that give text only: the class stands at its start.</summary>
    public static QueryException FromText(string message) => From(TypeOf(message), message);

    public static QueryException From(DuckDbErrorType type, string message)
    {
        if (type is DuckDbErrorType.Invalid)
            type = TypeOf(message);
        string text = WithoutStackTrace(message);
        return new QueryException(CodeOf(type, text), text) { Data = { [FatalKey] = type == DuckDbErrorType.Fatal } };
    }

    /// <summary>True after an error that makes the whole database instance refuse further work.</summary>
    public static bool IsFatal(QueryException error) => error.Data[FatalKey] is true;

    private const string FatalKey = "DuckDb.Fatal";

    private static DuckDbErrorType TypeOf(string message)
    {
        foreach ((string prefix, DuckDbErrorType type) in Prefixes)
        {
            if (message.StartsWith(prefix + " Error", StringComparison.OrdinalIgnoreCase))
                return type;
        }

        return DuckDbErrorType.Invalid;
    }

    private static QueryErrorCode CodeOf(DuckDbErrorType type, string message) => type switch
    {
        DuckDbErrorType.Parser or DuckDbErrorType.Syntax => IsTooDeep(message) ? QueryErrorCode.TooLarge : QueryErrorCode.Syntax,
        DuckDbErrorType.Catalog => QueryErrorCode.NotFound,
        DuckDbErrorType.Binder or DuckDbErrorType.InvalidType or DuckDbErrorType.MismatchType or DuckDbErrorType.ParameterNotResolved
            or DuckDbErrorType.ParameterNotAllowed or DuckDbErrorType.Expression or DuckDbErrorType.Planner or DuckDbErrorType.UnknownType
            => IsTooDeep(message) ? QueryErrorCode.TooLarge : QueryErrorCode.InvalidStatement,
        DuckDbErrorType.OutOfRange or DuckDbErrorType.Conversion or DuckDbErrorType.InvalidInput or DuckDbErrorType.Decimal
            or DuckDbErrorType.DivideByZero or DuckDbErrorType.ObjectSize or DuckDbErrorType.Sequence or DuckDbErrorType.Constraint
            => QueryErrorCode.InvalidValue,
        DuckDbErrorType.NotImplemented => QueryErrorCode.Unsupported,
        DuckDbErrorType.Permission or DuckDbErrorType.InvalidConfiguration or DuckDbErrorType.Settings or DuckDbErrorType.MissingExtension
            or DuckDbErrorType.Autoload or DuckDbErrorType.Http or DuckDbErrorType.Network or DuckDbErrorType.Transaction
            => QueryErrorCode.Refused,
        DuckDbErrorType.OutOfMemory => QueryErrorCode.OutOfMemory,
        DuckDbErrorType.Interrupt => QueryErrorCode.Cancelled,
        DuckDbErrorType.InputOutput => QueryErrorCode.File,
        _ => QueryErrorCode.Internal,
    };

    private static bool IsTooDeep(string message) =>
        message.Contains("expression depth", StringComparison.OrdinalIgnoreCase)
        || message.Contains("tree depth", StringComparison.OrdinalIgnoreCase);

    private static string WithoutStackTrace(string message)
    {
        int at = message.IndexOf("\n\nStack Trace:", StringComparison.Ordinal);
        return (at < 0 ? message : message[..at]).TrimEnd();
    }
}
