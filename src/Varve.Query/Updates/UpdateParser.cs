using Varve.Query.Rules;
using Varve.Query.Sessions;

namespace Varve.Query.Updates;

/// <summary>
/// Reads the statements that change something: INSERT INTO, CREATE TABLE, ALTER TABLE ... ADD COLUMN and DROP TABLE, with STREAM for TABLE where one
/// likes. Every other form of them is refused by its name. Queries and values inside stay text, for DuckDB to judge. Stateless.
/// </summary>
public static class UpdateParser
{
    private static readonly HashSet<string> Beginnings = new(["INSERT", "CREATE", "ALTER", "DROP"], StringComparer.OrdinalIgnoreCase);

    /// <summary>Words after which a column's definition says what a stream does not keep.</summary>
    private static readonly HashSet<string> Constraints = new(
        ["PRIMARY", "UNIQUE", "CHECK", "DEFAULT", "REFERENCES", "GENERATED", "COLLATE", "CONSTRAINT", "FOREIGN", "AS"],
        StringComparer.OrdinalIgnoreCase);

    /// <summary>Null where the statement begins with none of their words.</summary>
    /// <exception cref="QueryException">Syntax, or Refused for what Varve does not do.</exception>
    public static UpdateStatement? Parse(string sql)
    {
        int at = 0;
        string first = SqlText.NextWord(sql, ref at).ToString();
        if (!Beginnings.Contains(first))
            return null;
        var cursor = new SqlCursor(sql);
        cursor.Take();
        return first.ToUpperInvariant() switch
        {
            "INSERT" => Insert(cursor),
            "CREATE" => Create(cursor),
            "ALTER" => Alter(cursor),
            _ => Drop(cursor),
        };
    }

    private static InsertStatement Insert(SqlCursor cursor)
    {
        if (cursor.TryTake("OR"))
            throw Refused($"INSERT OR {cursor.Take().ToUpperInvariant()}");
        cursor.Expect("INTO");
        string stream = StreamName(cursor);
        IReadOnlyList<string>? columns = null;
        if (cursor.IsAt("(") && !cursor.IsAt("(", "SELECT") && !cursor.IsAt("(", "WITH") && !cursor.IsAt("(", "FROM") && !cursor.IsAt("(", "VALUES"))
            columns = Names(cursor);
        bool isByName = cursor.TryTake("BY", "NAME");
        if (!isByName)
            cursor.TryTake("BY", "POSITION");
        if (cursor.IsAt("DEFAULT", "VALUES"))
            throw Refused("INSERT ... DEFAULT VALUES");
        if (cursor.RestHas("RETURNING"))
            throw Refused("INSERT ... RETURNING");
        if (cursor.RestHas("ON", "CONFLICT"))
            throw Refused("INSERT ... ON CONFLICT");
        if (isByName && columns is not null)
            throw new QueryException(QueryErrorCode.Syntax, "INSERT ... BY NAME takes the names from the query; leave the list of columns out");
        return !isByName && Rows(cursor.Fork()) is { } rows
            ? new InsertStatement(stream, columns, false, rows, "")
            : new InsertStatement(stream, columns, isByName, null, Query(cursor));
    }

    /// <summary>The rows of VALUES, where nothing else follows.</summary>
    private static List<IReadOnlyList<string>>? Rows(SqlCursor cursor)
    {
        if (!cursor.TryTake("VALUES"))
            return null;
        var rows = new List<IReadOnlyList<string>>();
        do
        {
            if (!cursor.TryTake("("))
                return null;
            var row = new List<string>();
            do
                row.Add(cursor.TakeUntil("a value", _ => false));
            while (cursor.TryTake(","));
            cursor.Expect(")");
            rows.Add(row);
        }
        while (cursor.TryTake(","));
        return cursor.IsAtEnd ? rows : null;
    }

    private static CreateStreamStatement Create(SqlCursor cursor)
    {
        if (!cursor.TryTake("TABLE") && !cursor.TryTake("STREAM"))
            throw Refused($"CREATE {cursor.Take().ToUpperInvariant()}");
        bool ifNotExists = cursor.TryTake("IF", "NOT", "EXISTS");
        string stream = StreamName(cursor);
        if (cursor.TryTake("AS"))
            return new CreateStreamStatement(stream, ifNotExists, [], Query(cursor));
        var columns = new List<ColumnDefinition>();
        cursor.Expect("(");
        do
            columns.Add(Column(cursor));
        while (cursor.TryTake(","));
        cursor.Expect(")");
        cursor.ExpectEnd();
        return new CreateStreamStatement(stream, ifNotExists, columns, null);
    }

    private static AddColumnStatement Alter(SqlCursor cursor)
    {
        if (!cursor.TryTake("TABLE") && !cursor.TryTake("STREAM"))
            throw Refused($"ALTER {cursor.Take().ToUpperInvariant()}");
        bool ifExists = cursor.TryTake("IF", "EXISTS");
        string stream = StreamName(cursor);
        if (!cursor.TryTake("ADD"))
            throw Refused($"ALTER TABLE ... {cursor.Take().ToUpperInvariant()} (a stream only gains columns)");
        cursor.TryTake("COLUMN");
        bool ifNotExists = cursor.TryTake("IF", "NOT", "EXISTS");
        ColumnDefinition column = Column(cursor);
        cursor.ExpectEnd();
        return new AddColumnStatement(stream, ifExists, ifNotExists, column);
    }

    private static DropStreamStatement Drop(SqlCursor cursor)
    {
        if (!cursor.TryTake("TABLE") && !cursor.TryTake("STREAM"))
            throw Refused($"DROP {cursor.Take().ToUpperInvariant()}");
        bool ifExists = cursor.TryTake("IF", "EXISTS");
        string stream = StreamName(cursor);
        cursor.ExpectEnd();
        return new DropStreamStatement(stream, ifExists);
    }

    private static ColumnDefinition Column(SqlCursor cursor)
    {
        RefuseConstraint(cursor);
        string name = cursor.TakeName("a column");
        string type = cursor.TakeUntil("a type", c => c.IsAt("NOT", "NULL") || c.IsAt("NULL") || c.IsAtAny(Constraints));
        bool isNullable = cursor.TryTake("NULL") || !cursor.TryTake("NOT", "NULL");
        RefuseConstraint(cursor);
        return new ColumnDefinition(name, type, isNullable);
    }

    private static void RefuseConstraint(SqlCursor cursor)
    {
        if (cursor.IsAtAny(Constraints))
            throw Refused($"{cursor.Take().ToUpperInvariant()} in a column's definition (NOT NULL is possible)");
    }

    private static List<string> Names(SqlCursor cursor)
    {
        var names = new List<string>();
        cursor.Expect("(");
        do
            names.Add(cursor.TakeName("a column"));
        while (cursor.TryTake(","));
        cursor.Expect(")");
        return names;
    }

    /// <summary>A name alone, or behind the one schema, or behind the one catalog and its schema.</summary>
    private static string StreamName(SqlCursor cursor)
    {
        var parts = new List<string>();
        do
            parts.Add(cursor.TakeName("the name of a stream"));
        while (cursor.TryTake("."));
        string[] qualifiers = parts.Count switch { 1 => [], 2 => [SqlDatabase.Schema], _ => [SqlDatabase.Catalog, SqlDatabase.Schema] };
        bool isHere = parts.Count <= 3 && qualifiers.SequenceEqual(parts[..^1], StringComparer.OrdinalIgnoreCase);
        return isHere ? parts[^1] : throw new QueryException(QueryErrorCode.NotFound,
            $"there is no {string.Join('.', parts)}: all streams are in {SqlDatabase.Catalog}.{SqlDatabase.Schema}; "
            + "a name with a dot in it needs double quotes");
    }

    private static string Query(SqlCursor cursor) => cursor.IsAtEnd ? throw cursor.Unexpected("VALUES or a query") : cursor.TakeRest();

    private static QueryException Refused(string what) => new(QueryErrorCode.Refused,
        $"{what} is not allowed here: SQL changes streams by INSERT INTO, CREATE TABLE, ALTER TABLE ... ADD COLUMN and DROP TABLE alone");
}
