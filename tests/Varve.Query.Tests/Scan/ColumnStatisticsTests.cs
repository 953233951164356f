using Varve.Arrow;
using Varve.Query.Scan;
using Varve.Query.Scan.Planning;
using Varve.Query.Tests.Fixtures;
using Varve.Storage;

namespace Varve.Query.Tests.Scan;

/// <summary>Statistics change how statements are planned, never what they answer.</summary>
public sealed class ColumnStatisticsTests(SegmentFixture fixture) : IClassFixture<SegmentFixture>
{
    [Fact]
    public void The_library_that_is_built_with_is_the_one_that_they_were_tried_in() => Assert.Null(ColumnStatistics.Problem);

    /// <summary>Of all types that have bounds, of segments and a tail together.</summary>
    [Theory]
    [InlineData("id", "[Min: 0, Max: 39999][Has Null: false")]
    [InlineData("u", "[Min: 18446744073709511616, Max: 18446744073709551615][Has Null: false")]
    [InlineData("n", "[Min: 0, Max: 99][Has Null: true")]
    [InlineData("k", "[Min: 0, Max: 49][Has Null: false")]
    [InlineData("d", "[Min: 2023-01-01, Max: 2023-03-21][Has Null: false")]
    [InlineData("v", "[Min: NULL, Max: NULL][Has Null: true")]
    public async Task The_planner_is_told_of_columns(string column, string expected)
    {
        string[] told = await fixture.InOrder.ReadAsync($"SELECT DISTINCT stats({column}) FROM s");
        Assert.Contains(expected, Assert.Single(told), StringComparison.Ordinal);
    }

    /// <summary>Where DuckDB sums up, groups, sorts, joins and compares in other ways by what it knows of columns.</summary>
    [Theory]
    [InlineData("SELECT sum(id), sum(k), sum(n), sum(m), avg(k), sum(u), sum(CASE WHEN ok THEN 1 ELSE 0 END) FROM s")]
    [InlineData("SELECT k, sum(id), sum(m), count(n), count(*) FROM s GROUP BY k")]
    [InlineData("SELECT n, k, count(*), max(id) FROM s GROUP BY ALL")]
    [InlineData("SELECT d, region, k, sum(id) FROM s GROUP BY ALL")]
    [InlineData("SELECT DISTINCT n, d, k % 3 FROM s")]
    [InlineData("SELECT id, u, d, n FROM s ORDER BY d DESC, k, id")]
    [InlineData("SELECT count(*), sum(a.id), sum(b.id) FROM s a JOIN t b ON a.k = b.k AND a.d >= b.d")]
    [InlineData("SELECT count(*), sum(id) FROM s WHERE id >= 0 AND k < 50 AND d >= DATE '2023-01-01' AND n IS NOT NULL")]
    [InlineData("SELECT count(*), sum(id) FROM s WHERE k = 50 OR id < 0 OR d IS NULL OR n > 99")]
    [InlineData("SELECT count(*), sum(id) FROM s WHERE k IN (49, 50, 51) AND n BETWEEN 98 AND 200")]
    [InlineData("SELECT min(u), max(u), min(d), max(d), min(tz), max(tm), min(w) FROM s")]
    [InlineData("SELECT id, sum(k) OVER (ORDER BY id ROWS 3 PRECEDING) FROM s WHERE d = (SELECT max(d) FROM s)")]
    public async Task Answers_are_those_of_native_tables(string sql)
    {
        string[] native = [.. fixture.Native.ReadText(sql).Order(StringComparer.Ordinal)];
        foreach (QueryEngine engine in (QueryEngine[])[fixture.InOrder, fixture.Clustered])
        {
            string[] rows = await engine.ReadAsync(sql);
            Array.Sort(rows, StringComparer.Ordinal);
            Assert.Equal(native, rows);
        }
    }

    [Fact]
    public async Task The_planner_is_told_of_decimals_of_every_width()
    {
        using QueryFixture query = new();
        await query.InitializeAsync();
        RecordBatch batch = fixture.Native.Read(
            "SELECT (i * 0.25)::DECIMAL(4, 2) AS a, (-i)::DECIMAL(9, 1) AS b, (i * 0.5)::DECIMAL(18, 3) AS c, i::DECIMAL(38, 2) AS d FROM range(9) r(i)")[0];
        await query.Storage.CreateStreamAsync("s", batch.Schema);
        await query.Storage.AppendAsync("s", batch);
        await query.Storage.FlushAsync("s");
        string[] told = await query.Engine.ReadAsync("SELECT stats(a) || stats(b) || stats(c) || stats(d) FROM s LIMIT 1");
        string[] bounds = [.. Assert.Single(told).Split(']').Where(part => part.Contains("Min", StringComparison.Ordinal))];
        Assert.Equal("[Min: 0.00, Max: 2.00 [Min: -8.0, Max: 0.0 [Min: 0.000, Max: 4.000 [Min: NULL, Max: NULL", string.Join(' ', bounds).Trim('|'));
        Assert.Equal("9.00|-36.0|18.000|36.00", Assert.Single(await query.Engine.ReadAsync("SELECT sum(a), sum(b), sum(c), sum(d) FROM s")));
        await query.DisposeAsync();
    }

    /// <summary>Bounds are a promise: rows that come between the plan and the moment that all streams are seen at have other ones.</summary>
    [Fact]
    public async Task A_statement_over_streams_that_moved_on_is_planned_anew()
    {
        using QueryFixture query = new();
        await query.InitializeAsync();
        Schema schema = new([new Field("x", ArrowTypes.Int64)]);
        foreach (string name in (string[])["a", "b"])
            await query.Storage.CreateStreamAsync(name, schema);
        var scope = new StatementScope(query.Storage.OpenView, new BufferPool(1), query.Storage.OpenViews);
        Assert.Equal((0, 0), (scope.Open("a").EndOffset, scope.Open("b").EndOffset));
        Assert.False(scope.Align());
        await query.Storage.AppendAsync("a", TestArrays.Batch(("x", ArrowTypes.Int64, [long.MaxValue, long.MaxValue])));
        Assert.True(scope.Align());
        StreamView view = scope.Open("a");
        ScanColumn column = ScanColumns.Of(view.Stream.Schema)[1];
        Assert.Equal(long.MaxValue, new ColumnBounds(view).Of(column)!.Value.Greatest.Whole);
        Assert.False(scope.Align());
        await query.DisposeAsync();
    }
}
