using Varve.Query.Rules;
using Varve.Query.Scan;
using Varve.Query.Types;
using Varve.Storage;

namespace Varve.Query.Pruning;

/// <summary>
/// <c>SELECT count(*) FROM stream</c>, which a view answers by its bounds. DuckDB would be handed all rows as chunks without columns: it has no way
/// to be told that a scan of a table function needs none of them.
/// </summary>
internal static class RowCount
{
    /// <summary>A statement with the same result that scans nothing; null where the text asks for anything else.</summary>
    /// <param name="sql">A statement that was prepared: it is valid, and means what DuckDB took it for.</param>
    /// <param name="column">How the result's first column is called.</param>
    /// <param name="scope">With the views that were opened while it was prepared.</param>
    public static string? Answer(string sql, string column, StatementScope scope)
    {
        if (!Asks(sql, out string? stream) || scope.Views is not [var view] || !view.Stream.Name.Equals(stream, StringComparison.OrdinalIgnoreCase))
            return null;
        return $"SELECT {RowsOf(view)}::BIGINT AS {SqlNames.Quote(column)}";
    }

    private static long RowsOf(StreamView view) => view.EndOffset - view.FirstOffset;

    /// <summary>Whether the whole text is SELECT count(*) [[AS] name] FROM [catalog.][schema.]name.</summary>
    private static bool Asks(string sql, out string? stream)
    {
        stream = null;
        int at = 0;
        if (!TakeWord(sql, ref at, "SELECT") || !TakeWord(sql, ref at, "count") || !Take(sql, ref at, '('))
            return false;
        Take(sql, ref at, '*');
        if (!Take(sql, ref at, ')'))
            return false;
        if (!TakeWord(sql, ref at, "FROM"))
        {
            TakeWord(sql, ref at, "AS");
            if (TakeName(sql, ref at) is null || !TakeWord(sql, ref at, "FROM"))
                return false;
        }

        do
        {
            stream = TakeName(sql, ref at);
        }
        while (stream is not null && Take(sql, ref at, '.'));
        return stream is not null && SqlText.SkipBlanks(sql, at) == sql.Length;
    }

    private static bool TakeWord(string sql, ref int at, string word)
    {
        int behind = at;
        if (!SqlText.NextWord(sql, ref behind).Equals(word, StringComparison.OrdinalIgnoreCase))
            return false;
        at = behind;
        return true;
    }

    private static bool Take(string sql, ref int at, char sign)
    {
        int next = SqlText.SkipBlanks(sql, at);
        if (next == sql.Length || sql[next] != sign)
            return false;
        at = next + 1;
        return true;
    }

    /// <summary>A name as it is written or in quotes; null where none begins, and of one with a quote in it.</summary>
    private static string? TakeName(string sql, ref int at)
    {
        if (!Take(sql, ref at, '"'))
            return SqlText.NextWord(sql, ref at) is { IsEmpty: false } word ? word.ToString() : null;
        int end = sql.IndexOf('"', at);
        if (end < 0 || (end + 1 < sql.Length && sql[end + 1] == '"'))
            return null;
        string name = sql[at..end];
        at = end + 1;
        return name;
    }
}
