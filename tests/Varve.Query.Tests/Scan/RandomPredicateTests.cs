using Varve.Query.Tests.Fixtures;
using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Query.Tests.Scan;

/// <summary>Random statements answer the same whether blocks and rows are left out or not, and as DuckDB's own table does.</summary>
public sealed class RandomPredicateTests(SegmentFixture fixture, ITestOutputHelper output) : IClassFixture<SegmentFixture>
{
    private const int StatementCount = 120;

    private static readonly QuerySettings Whole = new() { Prune = false };

    [Fact]
    public async Task Random_statements_over_segments_answer_as_a_native_table()
    {
        var predicates = new RandomPredicates(new Random(TestSeed.Next(output.WriteLine)));
        long dropped = 0;
        long pruned = 0;
        for (int i = 0; i < StatementCount; i++)
        {
            string sql = predicates.Statement();
            string[] native = [.. fixture.Native.ReadText(sql).Order(StringComparer.Ordinal)];
            foreach (QueryEngine engine in (QueryEngine[])[fixture.InOrder, fixture.Clustered])
            {
                AssertSame(sql, "whole scan and native table", native, await ReadAsync(engine, sql, Whole));
                (string[] rows, ScanStatistics scan) = await MeasureAsync(engine, sql);
                AssertSame(sql, "narrowed scan and native table", native, rows);
                dropped += scan.RowsDropped;
                pruned += scan.BlocksPruned + scan.GroupsPruned;
            }
        }

        output.WriteLine($"{dropped} rows dropped, {pruned} groups and blocks pruned");
        Assert.True(dropped > 0 && pruned > 0);
    }

    private static async Task<string[]> ReadAsync(QueryEngine engine, string sql, QuerySettings settings)
    {
        string[] rows = await engine.ReadAsync(sql, settings: settings);
        Array.Sort(rows, StringComparer.Ordinal);
        return rows;
    }

    private static async Task<(string[] Rows, ScanStatistics Scan)> MeasureAsync(QueryEngine engine, string sql)
    {
        List<string> rows = [];
        await using QueryResult result = await engine.ExecuteAsync(sql);
        await foreach (var batch in result.ReadAllAsync())
        {
            for (int row = 0; row < batch.RowCount; row++)
                rows.Add(string.Join('|', batch.Columns.Select(c => Rows.Show(c, row))));
        }

        return ([.. rows.Order(StringComparer.Ordinal)], result.Scan);
    }

    private static void AssertSame(string sql, string between, string[] expected, string[] actual) => Assert.True(
        expected.SequenceEqual(actual),
        $"{between} differ for {sql}\n  {expected.Length} rows: {string.Join("; ", expected.Except(actual).Take(3))}\n"
        + $"  {actual.Length} rows: {string.Join("; ", actual.Except(expected).Take(3))}");
}
