using Varve.Arrow;
using Varve.Query.Tests.Fixtures.Doubles;
using Varve.Storage;

namespace Varve.Query.Tests.Fixtures;

/// <summary>
/// Stream s as segments and a tail, in the order of its rows and clustered by k, stream t all in the tail, and tables of DuckDB's own with the same
/// rows.
/// </summary>
public sealed class SegmentFixture : IAsyncLifetime, IDisposable
{
    public const int RowCount = 40_000;

    /// <summary>The blocks of each segment: full vectors, parts of them, and single rows.</summary>
    private static readonly int[][] Segments = [[4096, 4096], [5000, 1, 2999], [2048], [6000, 2000, 63, 64, 65], [4000], [1]];

    private readonly QueryFixture _query = new();

    public QueryEngine InOrder { get; private set; } = null!;

    /// <summary>Makes no use of reusable dictionaries.</summary>
    public QueryEngine Clustered { get; private set; } = null!;

    internal NativeTables Native { get; } = new();

    public async Task InitializeAsync()
    {
        await _query.InitializeAsync();
        await FillAsync("s", RowCount);
        await FillAsync("t", 500);
        InOrder = Engine(orderBy: null);
        Clustered = Engine(orderBy: 3);
    }

    public async Task DisposeAsync()
    {
        InOrder.Dispose();
        Clustered.Dispose();
        await _query.DisposeAsync();
    }

    public void Dispose()
    {
        Native.Dispose();
        _query.Dispose();
    }

    private QueryEngine Engine(int? orderBy)
    {
        StreamView segmented = SegmentedView.Of(_query.Storage.OpenView("s"), Segments, orderBy);
        return new QueryEngine(
            _query.Storage,
            new QueryOptions { ThreadCount = 2, MemoryLimitBytes = 512 << 20, ReuseDictionaries = orderBy is null },
            name => name == "s" ? segmented : _query.Storage.OpenView(name));
    }

    private async Task FillAsync(string name, int rows)
    {
        Native.Execute(VariedRows.CreateTable(name, rows));
        IReadOnlyList<RecordBatch> batches = Native.Read($"SELECT * FROM {name} ORDER BY id");
        await _query.Storage.CreateStreamAsync(name, batches[0].Schema);
        foreach (RecordBatch batch in batches)
            await _query.Storage.AppendAsync(name, batch);
        Native.Execute($"CREATE OR REPLACE TABLE {name} AS SELECT *, id AS _offset FROM {name}");
    }
}
