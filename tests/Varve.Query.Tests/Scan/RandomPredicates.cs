using System.Globalization;

namespace Varve.Query.Tests.Scan;

/// <summary>Random conditions and statements over the streams of the segment fixture.</summary>
internal sealed class RandomPredicates(Random r)
{
    private static readonly string[] Columns =
        ["id", "ts", "tz", "k", "n", "v", "f", "ok", "m", "w", "tm", "d", "host", "region", "path", "b", "u", "_offset"];

    private static readonly string[] Comparisons = ["=", "<", "<=", ">", ">=", "<>", "IS DISTINCT FROM", "IS NOT DISTINCT FROM"];

    private static readonly string[] Patterns =
    [
        "host-1%", "%net", "%-2%", "host-_.%", "%", "", "_%", "50\\%%", "%é", "%_é%", "ü__/%", "%/1%2%", "/api/%", "%7", "%thirty-two%9_",
        "50%_é", "__%__", "%a%a%", "h%t-%.e%t", "%%",
    ];

    public string Statement()
    {
        string where = Condition("s.", 3);
        return r.Next(12) switch
        {
            0 => $"SELECT count(*), sum(hash(id, ts, tz, k, n, v, f, ok, m, w, tm, d, host, region, path, b, u, l, r, _offset)) FROM s WHERE {where}",
            1 => $"SELECT host, region, count(*), min(path), max(v) FROM s WHERE {where} GROUP BY ALL",
            2 => $"WITH c AS (SELECT id AS number, host AS h, path FROM s WHERE {where}) "
                + "SELECT count(*), sum(number), max(path) FROM c WHERE h LIKE 'host-%'",
            3 => $"SELECT count(*), sum(hash(s.path, t.host)) FROM s JOIN t ON s.k = t.k AND s.n = t.n WHERE {where} AND {Condition("t.", 1)}",
            4 => $"SELECT count(*), sum(s.id) FROM t LEFT JOIN s ON s.id = t.id AND {where}",
            5 => $"SELECT count(*), sum(id) FROM s WHERE {where} OR id IN (SELECT id FROM t WHERE {Condition("t.", 1)})",
            6 => $"SELECT id, path, l, r FROM s WHERE {where} ORDER BY {Key()} LIMIT {r.Next(1, 300)}",
            7 => $"SELECT id, path FROM (SELECT * FROM s ORDER BY {Key()} LIMIT {r.Next(1, 9000)} OFFSET {r.Next(2) * r.Next(5000)}) s WHERE {where}",
            8 => $"SELECT count(*), (SELECT max(id) FROM s WHERE {Condition("s.", 1)}), min(b) FROM s WHERE {where}",
            9 => $"SELECT {Extreme()}, {Extreme()} FROM s{(r.Next(2) == 0 ? "" : $" WHERE {where}")}",
            10 => $"SELECT count(*) FROM s WHERE {where}",
            _ => $"SELECT DISTINCT region, ok, substr(path, 1, 4) FROM s WHERE {where}",
        };
    }

    public string Condition(string alias, int depth)
    {
        if (depth > 0 && r.Next(3) > 0)
        {
            string left = Condition(alias, depth - 1);
            string right = Condition(alias, depth - 1);
            return r.Next(6) switch
            {
                0 or 1 => $"({left} OR {right})",
                2 => $"NOT ({left} AND {right})",
                3 => $"NOT ({left} OR {right})",
                _ => $"({left} AND {right})",
            };
        }

        string name = Columns[r.Next(Columns.Length)];
        string column = alias + name;
        string V() => Constant(name);
        if (name is "host" or "region" or "path" && r.Next(2) == 0)
            return Text(column);
        if (name == "ok" && r.Next(2) == 0)
            return Any(column, $"NOT {column}", $"{column} IS TRUE", $"{column} IS NOT TRUE", $"{column} IS NOT FALSE");
        return r.Next(12) switch
        {
            0 => $"{column} BETWEEN {V()} AND {V()}",
            1 => $"{column} NOT BETWEEN {V()} AND {V()}",
            2 => $"{column} IN ({V()}, {V()}, {V()})",
            3 => $"{column} NOT IN ({V()}, {V()})",
            4 => $"{column} IN ({List(name, r.Next(6, 12))})",
            5 => $"{column} NOT IN ({List(name, r.Next(6, 25))})",
            6 => $"{column} IS NULL",
            7 => $"{column} IS NOT NULL",
            8 => $"({column} = {V()}) = ({V()} < {column})",
            9 => $"{V()} {Comparisons[r.Next(6)]} {column}",
            _ => $"{column} {Comparisons[r.Next(Comparisons.Length)]} {V()}",
        };
    }

    public string Constant(string column)
    {
        string Number(double value) => value.ToString(CultureInfo.InvariantCulture);
        string time = DateTime.UnixEpoch.AddSeconds(1_700_000_000 + (r.Next(-100, 40_100) * 0.25))
            .ToString("yyyy-MM-dd HH:mm:ss.ff", CultureInfo.InvariantCulture);
        return column switch
        {
            "id" or "_offset" => Number(r.Next(10) == 0 ? r.Next() + 0.5 : r.Next(-10, 41_000)),
            "k" => r.Next(10) == 0 ? "3.5" : Number(r.Next(-1, 52)),
            "n" => r.Next(10) == 0 ? "70000" : Number(r.Next(-2, 110)),
            "v" => Number(r.Next(-1010, 1010) / 8.0),
            "f" => r.Next(2) == 0 ? Number(r.Next(-5, 510) / 10.0) : Number(r.Next(-5, 510) / 10.0) + "::DOUBLE",
            "ok" => r.Next(2) == 0 ? "true" : "false",
            "m" => Number(r.Next(-2100, 2100) / (r.Next(2) == 0 ? 4.0 : 8.0)),
            "w" => r.Next(6) == 0 ? "123456789012345678901234.5" : Number(r.Next(-2100, 2100)),
            "tm" => $"TIME '{r.Next(24):00}:{r.Next(60):00}:{r.Next(60):00}'",
            "d" => r.Next(3) == 0 ? $"TIMESTAMP '{time}' - INTERVAL 270 DAY" : $"DATE '2023-01-01' + {r.Next(-2, 85)}",
            "ts" => r.Next(4) == 0 ? $"TIMESTAMPTZ '{time}+00'" : $"TIMESTAMP '{time}'",
            "tz" => $"TIMESTAMPTZ '{time}+00'",
            "host" => $"'host-{r.Next(45)}.example.net'",
            "region" => Any("'eu'", "'us'", "''", "'xx'", "'e'"),
            "path" => Any("''", "'50%_é'", $"'ünï/{r.Next(310)}'", "'/api/a path that is longer than thirty-two bytes/5'", "'/api/b'"),
            "b" => $"'b{r.Next(35)}'::BLOB",
            _ => Number(0) + $" + {ulong.MaxValue - (ulong)r.Next(0, 41_000)}::UBIGINT",
        };
    }

    private string Text(string column)
    {
        string pattern = Patterns[r.Next(Patterns.Length)];
        string not = r.Next(3) == 0 ? "NOT " : "";
        return r.Next(8) switch
        {
            0 => $"{not}starts_with({column}, '{pattern.Trim('%')}')",
            1 => $"{not}contains({column}, '{pattern.Trim('%')}')",
            2 => $"{not}suffix({column}, '{pattern.Trim('%')}')",
            3 => $"{column} {not}LIKE '{pattern}' ESCAPE '\\'",
            4 => $"{column} ILIKE '{pattern}'",
            5 => $"length({column}) > {r.Next(30)}",
            _ => $"{column} {not}LIKE '{pattern}'",
        };
    }

    private string List(string column, int count) =>
        string.Join(", ", Enumerable.Range(0, count).Select(_ => r.Next(40) == 0 ? "NULL" : Constant(column)));

    private string Key() => Any(
        "id", "id DESC", "ts DESC, id", "n, id", "n DESC NULLS FIRST, id", "n NULLS FIRST, id", "v DESC, id", "path, id", "host DESC, id",
        "m DESC, id", "_offset DESC", "tz, id", "ok, id");

    private string Extreme() =>
        Any("max(id)", "min(n)", "max(n)", "min(v)", "max(v)", "max(host)", "min(path)", "max(ts)", "min(m)", "max(ok)");

    private string Any(params string[] choices) => choices[r.Next(choices.Length)];
}
