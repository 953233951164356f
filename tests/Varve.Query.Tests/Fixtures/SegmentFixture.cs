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
        Native.Execute(
            $"""
             CREATE TABLE {name} AS SELECT
               i AS id,
               make_timestamp(1700000000000000 + i * 250000 + (hash(i, 1) % 400000)::BIGINT) AS ts,
               make_timestamp(1700000000000000 + i * 250000)::TIMESTAMPTZ AS tz,
               (hash(i, 2) % 50)::INTEGER AS k,
               CASE WHEN hash(i, 3) % 7 = 0 THEN NULL ELSE (i // 400)::SMALLINT END AS n,
               CASE hash(i, 4) % 200 WHEN 0 THEN 'nan'::DOUBLE WHEN 1 THEN 'inf'::DOUBLE WHEN 2 THEN '-inf'::DOUBLE WHEN 3 THEN -0.0
                 WHEN 4 THEN NULL ELSE ((hash(i, 5) % 2001)::DOUBLE - 1000) / 8 END AS v,
               CASE WHEN hash(i, 6) % 90 = 0 THEN 'nan'::FLOAT ELSE ((hash(i, 7) % 500) / 10.0)::FLOAT END AS f,
               CASE WHEN i % 9000 < 3000 THEN i % 2 = 0 WHEN hash(i, 8) % 5 = 0 THEN NULL ELSE hash(i, 9) % 20 = 0 END AS ok,
               CASE WHEN hash(i, 10) % 11 = 0 THEN NULL ELSE ((hash(i, 11) % 4000)::BIGINT - 2000)::DECIMAL(9, 2) / 4 END AS m,
               ((hash(i, 12) % 4000)::BIGINT - 2000)::DECIMAL(30, 3) AS w,
               TIME '00:00:00' + INTERVAL (hash(i, 13) % 86400) SECOND AS tm,
               DATE '2023-01-01' + (i // 500)::INTEGER AS d,
               CASE WHEN hash(i, 14) % 13 = 0 THEN NULL ELSE 'host-' || (hash(i, 15) % 40) || '.example.net' END AS host,
               ['eu', 'us', 'ap', '', NULL][1 + (hash(i, 16) % 5)::INTEGER] AS region,
               CASE hash(i, 17) % 8 WHEN 0 THEN NULL WHEN 1 THEN '' WHEN 2 THEN '50%_é' WHEN 3 THEN 'ünï/' || (hash(i, 18) % 300)
                 ELSE '/api/a path that is longer than thirty-two bytes/' || (hash(i, 19) % 100000) END AS path,
               CASE WHEN hash(i, 20) % 3 = 0 THEN NULL ELSE encode('b' || (hash(i, 21) % 30)) END AS b,
               (18446744073709551615 - i)::UBIGINT AS u,
               CASE WHEN hash(i, 22) % 3 = 0 THEN NULL ELSE ['element ' || i || ' of a list', NULL, 'x'][1:(hash(i, 23) % 4)] END AS l,
               CASE WHEN hash(i, 24) % 5 = 0 THEN NULL ELSE struct_pack(a := i, b := CASE WHEN i % 2 = 0 THEN 'text of element ' || i END) END AS r
             FROM range({rows}) g(i)
             """);
        IReadOnlyList<RecordBatch> batches = Native.Read($"SELECT * FROM {name} ORDER BY id");
        await _query.Storage.CreateStreamAsync(name, batches[0].Schema);
        foreach (RecordBatch batch in batches)
            await _query.Storage.AppendAsync(name, batch);
        Native.Execute($"CREATE OR REPLACE TABLE {name} AS SELECT *, id AS _offset FROM {name}");
    }
}
