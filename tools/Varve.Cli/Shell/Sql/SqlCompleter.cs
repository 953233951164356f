using Varve.Cli.Shell.Editing;

namespace Varve.Cli.Shell.Sql;

/// <summary>
/// Says what may stand at a place of a statement: streams where a table is named, columns of the streams that the statement names, keywords and
/// functions. It looks at the words around, it does not parse. Stateless.
/// </summary>
internal static class SqlCompleter
{
    public static Completion Complete(string text, int cursor, IReadOnlyList<StreamNames> streams)
    {
        SqlPart[] parts = [.. SqlScanner.Read(text).Where(p => p.Kind != SqlPartKind.Comment || (p.Start < cursor && cursor <= p.End))];
        int at = Array.FindIndex(parts, p => p.Start < cursor && cursor <= p.End && p.Kind != SqlPartKind.Symbol);
        SqlPart word = at < 0 ? new SqlPart(SqlPartKind.Word, cursor, cursor) : parts[at];
        if (word.Kind is SqlPartKind.Text or SqlPartKind.Comment)
            return new Completion(cursor, []);

        SqlPart[] before = [.. parts.Where(p => p.End <= word.Start)];
        SqlPart[] statement = Around(text, parts, word.Start);
        string typed = text[word.Start..cursor];
        return new Completion(word.Start, Starting(typed, Candidates(text, before, statement, typed, streams)));
    }

    private static IEnumerable<string> Candidates(
        string text, SqlPart[] before, SqlPart[] statement, string typed, IReadOnlyList<StreamNames> streams)
    {
        if (before.Length >= 2 && before[^1].In(text) is ".")
            return Names(ColumnsOf(NameOf(text, before[^2]), text, statement, streams));
        if (before.Length > 0 && SqlWords.BeforeTables.Contains(before[^1].In(text).ToString()))
            return Names(streams.Select(s => s.Name));

        StreamNames[] named = [.. streams.Where(s => statement.Any(p => Is(text, p, s.Name)))];
        IEnumerable<string> columns = (named.Length > 0 ? named : streams).SelectMany(s => s.AllColumns);
        return Names(columns).Concat(Names(streams.Select(s => s.Name))).Concat(Keywords(typed));
    }

    /// <summary>Of a stream by its name, or by the name that the statement gives it.</summary>
    private static IEnumerable<string> ColumnsOf(string qualifier, string text, SqlPart[] statement, IReadOnlyList<StreamNames> streams)
    {
        foreach (StreamNames stream in streams)
        {
            if (Same(stream.Name, qualifier))
                return stream.AllColumns;
            for (int i = 0; i + 1 < statement.Length; i++)
            {
                if (!Is(text, statement[i], stream.Name))
                    continue;
                int alias = i + 2 < statement.Length && statement[i + 1].In(text).Equals("as", StringComparison.OrdinalIgnoreCase) ? i + 2 : i + 1;
                if (Is(text, statement[alias], qualifier))
                    return stream.AllColumns;
            }
        }

        return [];
    }

    /// <summary>The parts of the statement that the place is in.</summary>
    private static SqlPart[] Around(string text, SqlPart[] parts, int place) =>
        [.. parts.Where(p => p.Start < place).Reverse().TakeWhile(p => p.In(text) is not ";").Reverse(),
            .. parts.Where(p => p.Start >= place).TakeWhile(p => p.In(text) is not ";")];

    /// <summary>Only where something is typed: else there are too many. In the case in which it is.</summary>
    private static IEnumerable<string> Keywords(string typed)
    {
        if (typed.Length == 0 || typed[0] == '"')
            return [];
        bool isLower = !typed.Any(char.IsAsciiLetterUpper);
        return SqlWords.Reserved.Concat(SqlWords.Others)
            .Select(w => isLower ? w.ToLowerInvariant() : w.ToUpperInvariant())
            .Order(StringComparer.Ordinal);
    }

    private static IEnumerable<string> Names(IEnumerable<string> names) => names.Order(StringComparer.OrdinalIgnoreCase).Select(SqlWords.Name);

    /// <summary>A name in quotes is also found without them, and the other way round.</summary>
    private static string[] Starting(string typed, IEnumerable<string> candidates)
    {
        string bare = typed.TrimStart('"');
        return
        [
            .. candidates.Where(c => c.TrimStart('"').StartsWith(bare, StringComparison.OrdinalIgnoreCase))
                .Distinct(StringComparer.OrdinalIgnoreCase),
        ];
    }

    private static bool Is(string text, SqlPart part, string name) =>
        part.Kind is SqlPartKind.Word or SqlPartKind.QuotedName && Same(NameOf(text, part), name);

    private static string NameOf(string text, SqlPart part) => part.Kind == SqlPartKind.QuotedName
        ? text[(part.Start + 1)..(part.IsOpen ? part.End : part.End - 1)].Replace("\"\"", "\"", StringComparison.Ordinal)
        : part.In(text).ToString();

    private static bool Same(string a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);
}
