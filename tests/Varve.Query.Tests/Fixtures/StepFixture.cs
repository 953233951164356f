using System.Globalization;
using Varve.Arrow;
using Varve.Arrow.Values;
using Varve.Query.Tests.Fixtures.Doubles;
using Varve.Storage;

namespace Varve.Query.Tests.Fixtures;

/// <summary>
/// Stream s of eight segments with two blocks of 1000 rows each. Most columns have values that one block alone has, so that what a condition
/// reads can be counted.
/// </summary>
public sealed class StepFixture : IAsyncLifetime, IDisposable
{
    public const int BlockRows = 1000;
    public const int BlockCount = 16;

    private readonly QueryFixture _query = new();
    private StreamView _view = null!;

    public QueryEngine Engine { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        await _query.InitializeAsync();
        int[] rows = [.. Enumerable.Range(0, BlockCount * BlockRows)];
        object?[] Each(Func<int, int, object?> value) => [.. rows.Select(i => value(i / BlockRows, i % BlockRows))];
        await _query.CreateAsync("s", TestArrays.Batch(
            ("i", ArrowTypes.Int64, Each((b, r) => (long)(b * BlockRows) + r)),
            ("small", ArrowTypes.Int16, Each((b, r) => (short)((b * 7) + (r % 7)))),
            ("real", ArrowTypes.Float64, Each((b, r) => b + (r / 2000.0))),
            ("single", ArrowTypes.Float32, Each((b, r) => b + (r / 2000f))),
            ("ok", ArrowTypes.Boolean, Each((b, _) => b == 5)),
            ("money", new DecimalType(9, 2, 64), Each((b, r) => new DecimalValue((b * 100) + (r % 100), 2))),
            ("wide", new DecimalType(30, 3, 128), Each((b, r) => new DecimalValue((b * 1000) + r, 3))),
            ("clock", new TimeType(TimeUnit.Second), Each((b, r) => (b * 1000) + r)),
            ("day", ArrowTypes.Date32, Each((b, _) => 19_000 + b)),
            ("moment", new TimestampType(TimeUnit.Second, "UTC"), Each((b, r) => 1_700_000_000L + (b * 1000) + r)),
            ("name", ArrowTypes.Utf8, Each((b, r) => $"name-{b:00}-{r % 10}")),
            ("blob", ArrowTypes.Binary, Each((b, r) => new[] { (byte)b, (byte)(r % 3) })),
            ("gap", ArrowTypes.Int32, Each((b, r) => b == 5 && r == 3 ? null : r)),
            ("rare", ArrowTypes.Int32, Each((b, r) => b == 5 && r == 3 ? 1 : null)),
            ("mixed", ArrowTypes.Utf8, Each(Mixed)),
            ("plain", ArrowTypes.Utf8, Each((b, r) => $"{(b == 5 && r == 7 ? "needle" : "straw")} number {(b * BlockRows) + r}")),
            ("load", ArrowTypes.Int64, Each((_, r) => (long)r)),
            ("items", new ListType(new Field("item", ArrowTypes.Utf8)), Each((b, r) => new object?[] { $"first of row {r} in block {b}", null }))));
        _view = SegmentedView.Of(_query.Storage.OpenView("s"), [.. Enumerable.Repeat<int[]>([BlockRows, BlockRows], BlockCount / 2)]);
        Engine = new QueryEngine(_query.Storage, new QueryOptions { ThreadCount = 2, MemoryLimitBytes = 512 << 20 }, _ => _view);
    }

    /// <summary>Makes all segments as if nothing was looked at so far, and returns them.</summary>
    internal IReadOnlyList<SegmentDouble> Reopen()
    {
        _view = SegmentedView.Of(_query.Storage.OpenView("s"), [.. Enumerable.Repeat<int[]>([BlockRows, BlockRows], BlockCount / 2)]);
        return [.. _view.Groups.Cast<SegmentDouble>()];
    }

    /// <summary>The one value of the statement, and what its scans did.</summary>
    public async Task<(string Value, ScanStatistics Scan)> AskAsync(string sql, QueryParameters? parameters = null)
    {
        List<string> rows = [];
        await using QueryResult result = await Engine.ExecuteAsync(sql, parameters);
        await foreach (RecordBatch batch in result.ReadAllAsync())
            rows.AddRange(Enumerable.Range(0, batch.RowCount).Select(r => string.Join('|', batch.Columns.Select(c => Rows.Show(c, r)))));
        string[] whole = await Engine.ReadAsync(sql, parameters, new QuerySettings { Prune = false });
        Assert.Equal(whole.Order(StringComparer.Ordinal), rows.Order(StringComparer.Ordinal));
        return (rows.Count == 1 ? rows[0] : rows.Count.ToString(CultureInfo.InvariantCulture), result.Scan);
    }

    /// <summary>In every block from aaa to zzz; two rows of one block are of another kind.</summary>
    private static string Mixed(int block, int row) => (block, row) switch
    {
        (_, 0) => "aaa",
        (_, 1) => "zzz",
        (5, 3 or 500) => "find the needle here",
        _ => $"hay {row % 50} of any kind",
    };

    public async Task DisposeAsync()
    {
        Engine.Dispose();
        await _query.DisposeAsync();
    }

    public void Dispose() => _query.Dispose();
}
