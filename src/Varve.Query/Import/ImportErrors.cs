using System.Text.RegularExpressions;

namespace Varve.Query.Import;

/// <summary>
/// DuckDB's errors about a file, without what a person who only named the file cannot use: the place in a statement that he did not write, options of
/// functions that he did not call, and what was found out about the file's dialect. Stateless.
/// </summary>
internal static partial class ImportErrors
{
    public static QueryException Clean(QueryException error)
    {
        string message = Dialect().Replace(Solutions().Replace(Statement().Replace(error.Message, ""), ""), "").TrimEnd();
        return message == error.Message ? error : new QueryException(error.Code, message, error);
    }

    [GeneratedRegex(@"\s*\nLINE [0-9]+: .*\z", RegexOptions.Singleline)]
    private static partial Regex Statement();

    [GeneratedRegex(@"^Possible [Ss]olution:.*\n?", RegexOptions.Multiline)]
    private static partial Regex Solutions();

    /// <summary>From the line that says the file's name again on, indented: one setting a line.</summary>
    [GeneratedRegex(@"\n\s*file = .*\z", RegexOptions.Singleline)]
    private static partial Regex Dialect();
}
