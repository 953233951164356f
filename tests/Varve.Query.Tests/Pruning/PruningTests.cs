using System.Globalization;
using Varve.Arrow;
using Varve.Query.Tests.Fixtures;
using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Query.Tests.Pruning;

/// <summary>Chunks that cannot matter are not read, and no answer changes by it.</summary>
[Collection(TwinCollection.Name)]
public sealed class PruningTests(TwinFixture twins, ITestOutputHelper output)
{
    private const int Blocks = 10;

    private static readonly string[] Keys =
        ["ts", "ts DESC", "id", "id DESC", "tss DESC", "n", "n DESC", "n DESC NULLS LAST", "k", "u", "d DESC", "v DESC", "-id"];

    [Theory]
    [InlineData("SELECT count(*) FROM x WHERE ts >= '2023-11-14 22:20:00' AND ts < '2023-11-14 22:21:00'", 1)]
    [InlineData("SELECT count(*) FROM x WHERE tz >= TIMESTAMPTZ '2023-11-14 22:20:00+00' AND tz < TIMESTAMPTZ '2023-11-14 22:21:00+00'", 1)]
    [InlineData("SELECT count(*) FROM x WHERE tss = TIMESTAMP '2023-11-14 22:20:00'", 1)]
    [InlineData("SELECT count(*) FROM x WHERE tss BETWEEN '2023-11-14 22:20:00'::TIMESTAMP_S AND '2023-11-14 22:21:00'::TIMESTAMP_S", 1)]
    [InlineData("SELECT count(*) FROM x WHERE date_trunc('minute', ts) = TIMESTAMP '2023-11-14 22:20:00'", 1)]
    [InlineData("SELECT count(*) FROM x WHERE id IN (1, 500000)", 2)]
    [InlineData("SELECT count(*) FROM x WHERE id IN (1, 2, 3, 4, 5, 6, 7, 8)", 1)]
    [InlineData("SELECT count(*) FROM x WHERE id = 5 OR _offset = 600000", 2)]
    [InlineData("SELECT count(*) FROM x WHERE _offset BETWEEN 65536 AND 131071", 1)]
    [InlineData("SELECT count(*) FROM x WHERE id + 10 > 640000", 1)]
    [InlineData("SELECT count(*) FROM x WHERE n = 100", 1)]
    [InlineData("SELECT count(*) FROM x WHERE n < 66", 0)]
    [InlineData("SELECT count(*) FROM x WHERE d = DATE '2023-01-01'", 1)]
    [InlineData("SELECT count(*) FROM x WHERE u > 18446744073709551610", 1)]
    [InlineData("SELECT count(*) FROM x WHERE v < -1", 0)]
    [InlineData("SELECT count(*) FROM x WHERE v > 'nan'::DOUBLE", 10)]
    [InlineData("SELECT count(*) FROM x WHERE f > 1000", 0)]
    [InlineData("SELECT id, host FROM x ORDER BY ts DESC LIMIT 10", 1)]
    [InlineData("SELECT id, host FROM x ORDER BY id LIMIT 10 OFFSET 5", 1)]
    [InlineData("SELECT id, host FROM x ORDER BY _time DESC LIMIT 10", 10)]
    [InlineData("SELECT id, host FROM x ORDER BY n DESC LIMIT 10", 10)]
    [InlineData("SELECT a.id FROM x a JOIN y b ON a.id = b.id WHERE b.id = 7", 2)]
    [InlineData("WITH c AS (SELECT id AS number, ts FROM x) SELECT count(*) FROM c WHERE number < 10", 1)]
    [InlineData("SELECT count(*) FROM x WHERE _time < TIMESTAMPTZ '2000-01-01 00:00:00+00'", 0)]
    [InlineData("SELECT count(*) FROM x WHERE k = 3", 10)]
    [InlineData("SELECT count(id) FROM x", 10)]
    [InlineData("SELECT count(*) FROM x", 0)]
    [InlineData("select /* all */ COUNT( * ) as \"n\" from main.\"X\" ;", 0)]
    [InlineData("SELECT count() n FROM main.x", 0)]
    [InlineData("SELECT count(*) FROM x LIMIT 1", 10)]
    [InlineData("SELECT count(*) FROM x, range(2)", 10)]
    [InlineData("SELECT count(*) FROM x AS y", 10)]
    [InlineData("SELECT count(*) FILTER (id < 5) FROM x", 10)]
    public async Task Reads_only_the_blocks_that_matter(string sql, long blocks)
    {
        long read = (await twins.MeasureAsync(sql)).BlocksRead;
        if (sql.Contains("ORDER BY _time", StringComparison.Ordinal))
            Assert.InRange(read, 1, Blocks);
        else
            Assert.Equal(blocks, read);
        if (!sql.Contains("_time", StringComparison.Ordinal))
            await twins.AskAllAsync(sql);
    }

    [Fact]
    public async Task Parameters_prune_where_their_type_is_the_columns_own()
    {
        RecordBatch exact = TestArrays.Batch(("$low", ArrowTypes.Int64, [1000L]), ("$high", ArrowTypes.Int64, [2000L]));
        ScanStatistics scan = await twins.MeasureAsync("SELECT count(*) FROM x WHERE id BETWEEN $low AND $high", new QueryParameters(exact));
        Assert.Equal(1, scan.BlocksRead);
        RecordBatch other = TestArrays.Batch(("$low", ArrowTypes.Utf8, ["1000"]), ("$high", ArrowTypes.Utf8, ["2000"]));
        Assert.Equal("1001", await twins.Engine.OneAsync("SELECT count(*) FROM x WHERE id BETWEEN $low AND $high", new QueryParameters(other)));
    }

    [Fact]
    public async Task Random_statements_answer_the_same_pruned_unpruned_and_native()
    {
        int seed = TestSeed.Next(output.WriteLine);
        var random = new Random(seed);
        for (int i = 0; i < 100; i++)
            await twins.AskAllAsync(Statement(random));
    }

    private static string Statement(Random r)
    {
        string a = Condition(r, "a.", 3);
        string b = Condition(r, "b.", 2);
        return r.Next(14) switch
        {
            0 => $"SELECT count(*), sum(id), min(k) FROM x a WHERE {a}",
            1 => $"WITH c AS (SELECT * FROM x a WHERE {a}) SELECT k, count(*), max(ts) FROM c GROUP BY k",
            2 => $"SELECT count(*), sum(a.id) FROM x a JOIN y b ON a.id = b.id WHERE {a} AND {b}",
            3 => $"SELECT count(*), sum(b.id) FROM y b LEFT JOIN x a ON a.id = b.id AND {a} WHERE {b}",
            4 => $"SELECT count(*) FROM x a WHERE {a} AND a.k IN (SELECT k FROM y b WHERE {b})",
            5 => $"SELECT count(*) FROM y b WHERE NOT EXISTS (SELECT 1 FROM x a WHERE a.id = b.id AND {a})",
            6 => $"SELECT id, rn FROM (SELECT a.*, row_number() OVER (PARTITION BY k ORDER BY id DESC) rn FROM x a WHERE {a}) WHERE rn <= 2",
            7 => $"SELECT * FROM (SELECT id, k, row_number() OVER (ORDER BY id) rn FROM x) a WHERE {Condition(r, "a.", 2, "id", "k")} AND rn < 1000",
            8 => $"SELECT count(*), sum(id) FROM (SELECT id, k, ts FROM x a WHERE {a} UNION ALL SELECT id, k, ts FROM y b WHERE {b}) t "
                + $"WHERE {Condition(r, "t.", 2, "id", "k", "ts")}",
            9 => $"SELECT id FROM (SELECT * FROM x a WHERE {a} ORDER BY id DESC LIMIT 20) t WHERE {Condition(r, "t.", 1)} ORDER BY id LIMIT 5",
            10 => $"SELECT b.id, (SELECT count(*) FROM x a WHERE a.k = b.k AND {a}) FROM y b WHERE {b} AND b.id < 5",
            11 => $"SELECT count(*) FROM x a FULL JOIN y b ON a.id = b.id WHERE ({a}) OR {b}",
            12 => $"SELECT id FROM (SELECT id, ts FROM x a ORDER BY {Key(r)}, id LIMIT {r.Next(1, 50_000)} "
                + $"OFFSET {r.Next(3) * r.Next(100_000)}) t WHERE id % 97 = 0",
            _ => $"SELECT count(*), sum(id), min(ts) FROM (SELECT * FROM x a WHERE {a} ORDER BY {Key(r)}, id LIMIT {r.Next(1, 1000)}) t "
                + $"WHERE {Condition(r, "t.", 1)}",
        };
    }

    private static string Key(Random r) =>
        Keys[r.Next(Keys.Length)];

    private static string Condition(Random r, string alias, int depth, params string[] columns)
    {
        if (columns.Length == 0)
            columns = ["id", "ts", "tz", "tss", "k", "v", "f", "n", "host", "d", "u", "_offset"];
        if (depth > 0 && r.Next(3) > 0)
        {
            string left = Condition(r, alias, depth - 1, columns);
            string right = Condition(r, alias, depth - 1, columns);
            return r.Next(4) switch { 0 => $"({left} OR {right})", 1 => $"NOT ({left} AND {right})", _ => $"({left} AND {right})" };
        }

        string name = columns[r.Next(columns.Length)];
        string column = alias + name;
        string comparison = ((string[])["=", "<", "<=", ">", ">=", "<>"])[r.Next(6)];
        string V() => Constant(r, name);
        return r.Next(12) switch
        {
            0 => $"{column} BETWEEN {V()} AND {V()}",
            1 => $"{column} IN ({V()}, {V()}, {V()})",
            2 => $"{column} IN ({string.Join(", ", Enumerable.Range(0, 8).Select(_ => V()))})",
            3 => $"{V()} {comparison} {column}",
            4 when name == "ts" => $"{column}::DATE = DATE '2023-11-{r.Next(14, 16)}'",
            5 when name == "ts" => $"date_trunc('hour', {column}) {comparison} TIMESTAMP '2023-11-14 {r.Next(21, 24)}:00'",
            4 when name == "id" => $"{column} + {r.Next(1000)} {comparison} {V()}",
            5 when name == "id" => $"{column} {comparison} {V()}.5",
            6 => $"({column} {comparison} {V()}) IS NOT FALSE",
            7 => $"{column} IS NOT NULL",
            8 => $"NOT ({column} {comparison} {V()})",
            9 => $"{column} NOT IN ({V()}, {V()})",
            10 => $"{column} IS DISTINCT FROM {V()}",
            _ => $"{column} {comparison} {V()}",
        };
    }

    private static string Constant(Random r, string column)
    {
        string time = DateTime.UnixEpoch.AddSeconds(1_700_000_000 + r.Next(-100, 6600)).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
        return column switch
        {
            "id" or "_offset" => r.Next(-10, TwinFixture.RowCount + 100).ToString(CultureInfo.InvariantCulture),
            "k" => r.Next(-1, 52).ToString(CultureInfo.InvariantCulture),
            "n" => r.Next(50, 700).ToString(CultureInfo.InvariantCulture),
            "u" => (ulong.MaxValue - (ulong)r.Next(0, TwinFixture.RowCount + 100)).ToString(CultureInfo.InvariantCulture),
            "v" => r.Next(20) == 0 ? "'nan'::DOUBLE" : (r.Next(0, 10_000) / 100.0).ToString(CultureInfo.InvariantCulture),
            "f" => r.Next(2) == 0 ? $"{r.Next(0, 1000)}::FLOAT / 8" : (r.Next(0, 1300) / 10.0).ToString(CultureInfo.InvariantCulture),
            "ts" => $"TIMESTAMP '{time}'",
            "tz" => $"TIMESTAMPTZ '{time}+00'",
            "tss" => r.Next(2) == 0 ? $"TIMESTAMP '{time}'" : $"'{time}'::TIMESTAMP_S",
            "d" => $"DATE '2023-01-01' + {r.Next(-2, 131)}",
            _ => $"'host-{r.Next(1000)}.example.net'",
        };
    }
}
