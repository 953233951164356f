using Varve.Query.Tests.Fixtures;

namespace Varve.Query.Tests.Scan;

/// <summary>Statements over streams answer as they do over DuckDB's own tables with the same rows.</summary>
[Collection(TwinCollection.Name)]
public sealed class TwinTests(TwinFixture twins)
{
    [Theory]
    [InlineData("SELECT count(*) FROM x")]
    [InlineData("SELECT count(*), sum(id), min(ts), max(tz), min(tss), count(n), sum(n), min(v), max(f), count(path), sum(m), bool_and(b), max(d), sum(u) FROM x")]
    [InlineData("SELECT sum(hash(id, ts, tz, tss, k, v, f, n, host, path, b, m, d, l, s, u, _offset)) FROM x")]
    [InlineData("SELECT sum(hash(l)), sum(len(l)), sum(list_sum(l)), count(l) FROM x")]
    [InlineData("SELECT count(s), count(s.a), count(s.b), sum(s.a), sum(length(s.b)), sum(hash(s)) FROM x")]
    [InlineData("SELECT k, count(*), sum(id), min(host) FROM x GROUP BY k")]
    [InlineData("SELECT host, count(*), max(id) FROM x GROUP BY host ORDER BY 2 DESC, host LIMIT 20")]
    [InlineData("SELECT path, count(*) FROM x WHERE path LIKE '%99%' GROUP BY path")]
    [InlineData("SELECT time_bucket(INTERVAL 1 HOUR, ts) AS hour, count(*), sum(id) FROM x GROUP BY hour")]
    [InlineData("SELECT count(DISTINCT host), count(DISTINCT path), count(DISTINCT k) FROM x")]
    [InlineData("SELECT id, host, path, v FROM x ORDER BY v DESC, id LIMIT 15 OFFSET 7")]
    [InlineData("SELECT a.k, count(*) FROM x a JOIN y b ON a.k = b.k AND a.id < b.id + 5 GROUP BY a.k")]
    [InlineData("SELECT id, k, row_number() OVER (PARTITION BY k ORDER BY id DESC) AS rn FROM x QUALIFY rn <= 2")]
    [InlineData("SELECT id, l, rn FROM (SELECT *, row_number() OVER (PARTITION BY k ORDER BY ts DESC) AS rn FROM x WHERE ts BETWEEN '2023-11-15' AND '2023-11-15 01:00') WHERE rn <= 2")]
    [InlineData("SELECT id, l, s FROM x WHERE id % 10007 = 0")]
    [InlineData("SELECT e, count(*) FROM (SELECT unnest(l) AS e FROM x WHERE id < 3000) GROUP BY e")]
    [InlineData("SELECT max(_offset), min(_offset), count(_offset) FROM x WHERE _offset BETWEEN 131070 AND 131080")]
    [InlineData("SELECT d, sum(m) FROM x GROUP BY d HAVING count(*) > 100")]
    [InlineData("SELECT (SELECT max(id) FROM x WHERE x.k = y.k) FROM y WHERE id < 20")]
    [InlineData("SELECT * FROM x LIMIT 0")]
    [InlineData("SELECT DISTINCT path FROM y")]
    public async Task Scan_and_table_agree_on(string sql) => await twins.AskAllAsync(sql);

    [Fact]
    public async Task Every_row_leaves_as_it_is()
    {
        string[] rows = await twins.AskAllAsync("SELECT id, ts, tz, tss, k, v, f, n, host, path, b, m, d, l, s, u FROM y");
        Assert.Equal(1000, rows.Length);
    }
}
