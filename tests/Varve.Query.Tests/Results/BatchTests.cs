using Varve.Arrow;
using Varve.Arrow.Values;
using Varve.Query.Tests.Fixtures;

namespace Varve.Query.Tests.Results;

/// <summary>How rows leave: a small batch first, then batches of 0.5 to 2 MiB, each produced only as it is read.</summary>
public sealed class BatchTests(QueryFixture fixture) : IClassFixture<QueryFixture>
{
    [Fact]
    public async Task The_first_batch_is_small_and_the_others_are_about_a_mebibyte()
    {
        List<RecordBatch> batches = await ReadAsync("SELECT range AS a, range * 2 AS b, 'text of row ' || range AS t FROM range(400000)");
        Assert.InRange(batches[0].RowCount, 1, 2048);
        Assert.Equal(400_000, batches.Sum(b => b.RowCount));
        foreach (RecordBatch batch in batches[1..^1])
            Assert.InRange(Bytes(batch), 512 << 10, 2 << 20);
        foreach (RecordBatch batch in batches)
            Assert.Equal(batch.RowCount, Enumerable.Range(0, batch.RowCount).Count(
                i => ArrayReader.GetString(batch.Columns[2], i) == $"text of row {ArrayReader.GetInt64(batch.Columns[0], i)}"));
        Assert.Equal(400_000L * 399_999 / 2, batches.Sum(b => Enumerable.Range(0, b.RowCount).Sum(i => ArrayReader.GetInt64(b.Columns[0], i))));
    }

    [Fact]
    public async Task Rows_with_long_values_are_split_over_batches()
    {
        List<RecordBatch> batches = await ReadAsync("SELECT repeat('x', 300000) AS t FROM range(50)");
        Assert.Equal(50, batches.Sum(b => b.RowCount));
        Assert.All(batches, b => Assert.InRange(Bytes(b), 0, 3 << 20));
        Assert.All(batches, b => Assert.All(Enumerable.Range(0, b.RowCount), i =>
            Assert.Equal(300_000, ArrayReader.GetBytes(b.Columns[0], i).Length)));
    }

    [Fact]
    public async Task One_value_of_many_mebibytes_leaves_whole()
    {
        List<RecordBatch> batches = await ReadAsync("SELECT repeat('x', 50000000) AS t, [1, 2] AS l");
        Assert.Equal(50_000_000, ArrayReader.GetBytes(Assert.Single(batches).Columns[0], 0).Length);
    }

    [Fact]
    public async Task Lists_out_of_order_in_memory_leave_in_order()
    {
        // Sorting and filtering leave lists scattered over their child vector.
        string[] rows = await fixture.Engine.ReadAsync(
            "SELECT [range, range + 1, NULL][1:1 + range % 3] AS l FROM range(5000) WHERE range % 3 <> 1 ORDER BY range DESC");
        Assert.Equal(
            Enumerable.Range(0, 5000).Where(i => i % 3 != 1).Reverse().Select(i => i % 3 == 0 ? $"[{i}]" : $"[{i},{i + 1},null]"), rows);
    }

    [Fact]
    public async Task A_result_without_rows_has_its_schema_and_no_batch()
    {
        await using QueryResult result = await fixture.Engine.ExecuteAsync("SELECT 1 AS a, 'x' AS b WHERE false");
        Assert.Equal("a: int32, b: utf8", result.Schema.ToString());
        await foreach (RecordBatch batch in result.ReadAllAsync())
            Assert.Fail($"a batch of {batch.RowCount} rows");
    }

    [Fact]
    public async Task An_error_in_the_middle_comes_after_the_rows_before_it()
    {
        await using QueryResult result = await fixture.Engine.ExecuteAsync(
            "SELECT CASE WHEN range < 600000 THEN range ELSE ('x' || range)::BIGINT END FROM range(700000)");
        long rows = 0;
        QueryException error = await Assert.ThrowsAsync<QueryException>(async () =>
        {
            await foreach (RecordBatch batch in result.ReadAllAsync())
                rows += batch.RowCount;
        });
        Assert.Equal(QueryErrorCode.InvalidValue, error.Code);
        Assert.InRange(rows, 1, 600_000);
    }

    [Fact]
    public async Task Columns_may_share_a_name_and_have_none_of_their_own()
    {
        await using QueryResult result = await fixture.Engine.ExecuteAsync("SELECT 1 AS a, 2 AS a, 1 + 1");
        Assert.Equal(["a", "a", "(1 + 1)"], result.Schema.Fields.Select(f => f.Name));
    }

    private static long Bytes(RecordBatch batch) => batch.Columns.Sum(c => c.Buffers.Sum(b => (long)b.Length));

    private async Task<List<RecordBatch>> ReadAsync(string sql)
    {
        List<RecordBatch> batches = [];
        await using QueryResult result = await fixture.Engine.ExecuteAsync(sql);
        await foreach (RecordBatch batch in result.ReadAllAsync())
            batches.Add(batch);
        return batches;
    }
}
