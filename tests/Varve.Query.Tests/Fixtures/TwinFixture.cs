using Varve.Arrow;

namespace Varve.Query.Tests.Fixtures;

/// <summary>Two streams, and tables of DuckDB's own with the same rows: x of ten chunks in time order, y of 1000 rows.</summary>
public sealed class TwinFixture : IAsyncLifetime, IDisposable
{
    public const int RowCount = 640_007;

    private readonly QueryFixture _query = new();

    public QueryEngine Engine => _query.Engine;

    internal NativeTables Native { get; } = new();

    public async Task InitializeAsync()
    {
        await _query.InitializeAsync();
        await FillAsync("x", RowCount);
        await FillAsync("y", 1000);
    }

    public async Task DisposeAsync() => await _query.DisposeAsync();

    public void Dispose()
    {
        Native.Dispose();
        _query.Dispose();
    }

    /// <summary>The same statement over the streams, pruned and not, and over DuckDB's tables: the rows, which must be equal.</summary>
    public async Task<string[]> AskAllAsync(string sql)
    {
        string[] native = [.. Native.ReadText(sql).Order(StringComparer.Ordinal)];
        string[] whole = await ReadAsync(sql, prune: false);
        string[] pruned = await ReadAsync(sql, prune: true);
        AssertSame(sql, "unpruned scan and native table", native, whole);
        AssertSame(sql, "pruned and unpruned scan", whole, pruned);
        return pruned;
    }

    /// <summary>What the statement's scans read.</summary>
    public async Task<ScanStatistics> MeasureAsync(string sql, QueryParameters? parameters = null)
    {
        await using QueryResult result = await Engine.ExecuteAsync(sql, parameters);
        await foreach (RecordBatch batch in result.ReadAllAsync())
            Assert.True(batch.RowCount > 0);
        return result.Scan;
    }

    private async Task<string[]> ReadAsync(string sql, bool prune)
    {
        string[] rows = await Engine.ReadAsync(sql, settings: new QuerySettings { Prune = prune });
        Array.Sort(rows, StringComparer.Ordinal);
        return rows;
    }

    private static void AssertSame(string sql, string between, string[] expected, string[] actual) => Assert.True(
        expected.SequenceEqual(actual),
        $"{between} differ for {sql}\n  {expected.Length} rows: {string.Join("; ", expected.Except(actual).Take(3))}\n"
        + $"  {actual.Length} rows: {string.Join("; ", actual.Except(expected).Take(3))}");

    private async Task FillAsync(string name, int rows)
    {
        Native.Execute(
            $"""
             CREATE TABLE {name} AS SELECT
               i AS id,
               make_timestamp(1700000000000000 + i * 10000) AS ts,
               make_timestamp(1700000000000000 + i * 10000)::TIMESTAMPTZ AS tz,
               make_timestamp(1700000000000000 + i * 10000)::TIMESTAMP_S AS tss,
               (hash(i) % 50)::INTEGER AS k,
               CASE WHEN hash(i, 1) % 1000 = 0 THEN 'nan'::DOUBLE ELSE (hash(i, 1) % 10000) / 100.0 END AS v,
               (hash(i, 2) % 1000 / 8.0)::FLOAT AS f,
               CASE WHEN i < 70000 OR hash(i, 3) % 10 = 0 THEN NULL ELSE (i / 1000)::SMALLINT END AS n,
               'host-' || (hash(i, 4) % 1000) || '.example.net' AS host,
               CASE hash(i, 5) % 4 WHEN 0 THEN NULL WHEN 1 THEN '' WHEN 2 THEN 'short'
                 ELSE 'a path of some length/' || (hash(i, 6) % 100000) END AS path,
               hash(i, 7) % 2 = 0 AS b,
               (i % 100000)::DECIMAL(10, 2) / 4 AS m,
               DATE '2023-01-01' + (i / 5000)::INTEGER AS d,
               CASE WHEN hash(i, 8) % 3 = 0 THEN NULL ELSE [i, NULL, i + 1][1:(hash(i, 9) % 4)] END AS l,
               CASE WHEN hash(i, 10) % 5 = 0 THEN NULL ELSE struct_pack(a := i, b := CASE WHEN i % 2 = 0 THEN 'text of element ' || i END) END AS s,
               (18446744073709551615 - i)::UBIGINT AS u
             FROM range({rows}) r(i)
             """);
        IReadOnlyList<RecordBatch> batches = Native.Read($"SELECT * FROM {name}");
        await _query.Storage.CreateStreamAsync(name, batches[0].Schema);
        foreach (RecordBatch batch in batches)
            await _query.Storage.AppendAsync(name, batch);
        Native.Execute($"CREATE OR REPLACE TABLE {name} AS SELECT *, id AS _offset FROM {name}");
    }
}
