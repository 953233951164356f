using System.Text;
using Varve.Arrow;
using Varve.Query.Types;

namespace Varve.Query.Updates;

/// <summary>Writes the queries whose results are what a statement inserts, or tell the types of the columns that it makes. Stateless.</summary>
public static class UpdateQueries
{
    private static readonly HashSet<string> NotInserted = new([Scan.SystemColumns.Offset, Scan.SystemColumns.Time], StringComparer.OrdinalIgnoreCase);

    /// <summary>Rows of VALUES, in their order, as columns of the target's types.</summary>
    /// <param name="insert">Has rows.</param>
    /// <param name="targets">The columns that they go to.</param>
    /// <exception cref="QueryException">A row has another number of values.</exception>
    public static string Values(InsertStatement insert, IReadOnlyList<SqlColumn> targets)
    {
        var sql = new StringBuilder("SELECT ").AppendJoin(", ", targets.Select(t => SqlNames.Quote(t.Field.Name))).Append(" FROM (VALUES ");
        IReadOnlyList<IReadOnlyList<string>> rows = insert.Rows!;
        for (int i = 0; i < rows.Count; i++)
        {
            RequireCount(insert.Stream, $"row {i + 1} of VALUES", rows[i].Count, targets.Count);
            IEnumerable<string> values = rows[i].Select((value, c) => Cast(IsDefault(value) ? "NULL" : value, targets[c]));
            sql.Append(i == 0 ? "(" : ", (").AppendJoin(", ", values).Append(", ").Append(i).Append(')');
        }

        // Only ORDER BY orders rows, and appended in another order they would be other rows.
        return sql.Append(") AS v(").AppendJoin(", ", targets.Select(t => SqlNames.Quote(t.Field.Name))).Append(", _row) ORDER BY _row").ToString();
    }

    /// <summary>A query's rows as columns of the target's types.</summary>
    /// <param name="insert">Has a query.</param>
    /// <param name="found">The query's own columns. Those that every stream has of itself are left out.</param>
    /// <param name="targets">The columns that they go to; where they go by name, all of the stream's.</param>
    /// <exception cref="QueryException">The columns do not fit in number or name.</exception>
    public static string Select(InsertStatement insert, Schema found, IReadOnlyList<SqlColumn> targets)
    {
        int[] taken = [.. Enumerable.Range(0, found.Fields.Count).Where(i => !NotInserted.Contains(found.Fields[i].Name))];
        if (!insert.IsByName)
            RequireCount(insert.Stream, "the query", taken.Length, targets.Count);
        IEnumerable<string> columns = taken.Select((at, place) =>
        {
            SqlColumn target = insert.IsByName ? Target(insert, found.Fields[at].Name, targets) : targets[place];
            return $"{Cast($"q.c{at}", target)} AS {SqlNames.Quote(target.Field.Name)}";
        });
        string names = string.Join(", ", found.Fields.Select((_, i) => $"c{i}"));

        // The query may end in a comment, which ends with its line.
        return $"SELECT {string.Join(", ", columns)} FROM ({insert.Query}\n) AS q({names})";
    }

    /// <summary>A query's rows as they are, without the columns that every stream has of itself.</summary>
    public static string Plain(string query, Schema found)
    {
        string[] names = [.. found.Fields.Select(f => f.Name).Where(n => !NotInserted.Contains(n)).Select(SqlNames.Quote)];
        return $"SELECT {string.Join(", ", names)} FROM ({query}\n) AS q";
    }

    /// <summary>A query whose result has columns of the types that are to be made.</summary>
    public static string Types(IReadOnlyList<ColumnDefinition> columns) =>
        $"SELECT {string.Join(", ", columns.Select(c => $"CAST(NULL AS {c.SqlType}) AS {SqlNames.Quote(c.Name)}"))}";

    /// <summary>The stream's column of that name, as SQL finds it: without regard to case.</summary>
    /// <exception cref="QueryException">There is none, or SQL has no type for it.</exception>
    public static SqlColumn Target(InsertStatement insert, string name, IReadOnlyList<SqlColumn> targets)
    {
        SqlColumn target = targets.FirstOrDefault(t => t.Field.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            ?? throw new QueryException(QueryErrorCode.InvalidStatement, $"cannot insert into '{insert.Stream}': it has no column '{name}'");
        return target.SqlType is not null ? target : throw new QueryException(QueryErrorCode.Unsupported,
            $"cannot insert into column '{target.Field.Name}' of '{insert.Stream}' by SQL: {target.Problem}; append to it by other means");
    }

    private static string Cast(string value, SqlColumn target) => $"CAST({value} AS {target.SqlType})";

    private static bool IsDefault(string value) => value.Equals("DEFAULT", StringComparison.OrdinalIgnoreCase);

    private static void RequireCount(string stream, string what, int found, int expected)
    {
        if (found != expected)
        {
            throw new QueryException(QueryErrorCode.InvalidStatement,
                $"cannot insert into '{stream}': {what} has {found} columns, expected {expected}");
        }
    }
}
