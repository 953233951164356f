using System.Globalization;
using Varve.Arrow;
using Varve.Query.Tests.Fixtures;
using Varve.Query.Tests.Scan;
using Varve.Storage;
using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Query.Tests.Segments;

/// <summary>
/// Random statements over the engine's own segments answer as DuckDB's own table does, while the stream is sealed, merged, ordered and trimmed under
/// them. VARVE_LIVE_STEPS makes lives longer.
/// </summary>
public sealed class LiveSegmentTests(ITestOutputHelper output)
{
    private const int RowCount = 40_000;
    private const int HeldViewCount = 6;

    private static readonly int StepCount = Environment.GetEnvironmentVariable("VARVE_LIVE_STEPS") is { Length: > 0 } given
        ? int.Parse(given, CultureInfo.InvariantCulture)
        : 30;

    [Fact]
    public async Task Random_statements_answer_as_a_native_table_while_the_stream_is_sealed_merged_ordered_and_trimmed()
    {
        int seed = TestSeed.Next(output.WriteLine);
        Random random = new(seed);
        using var directory = new TempDirectory("live");
        using var native = new NativeTables();
        native.Execute(VariedRows.CreateTable("rows", RowCount));
        native.Execute("CREATE TABLE t AS SELECT *, id AS _offset FROM rows WHERE id < 500");
        StorageOptions options = new()
        {
            Directory = directory.Path,
            SealRows = random.Next(200, 1_500),
            SegmentRowsMax = random.Next(500, 2_500),
            SegmentCacheBytes = random.Next(3) == 0 ? 0 : 1 << 20,
        };
        await using (StorageEngine storage = await StorageEngine.OpenAsync(options))
        {
            IReadOnlyList<RecordBatch> rows = native.Read("SELECT * FROM rows ORDER BY id");
            var stream = new LiveStream(new Random(seed + 1), storage, rows);
            await stream.BeginAsync();
            await FillSmallAsync(storage, native);
            using var asking = new Asking(storage, native, random);
            Task life = Task.Run(() => stream.LiveAsync(StepCount));
            int asked = 0;
            for (; !life.IsCompleted || asked < StepCount; asked++)
                await asking.AskAsync(stream);
            await life;
            StorageStatistics statistics = storage.Statistics;
            output.WriteLine($"{asked} statements, {stream.Acknowledged} rows, {statistics.SealCount} seals, {statistics.CompactionCount} compactions, "
                + $"{statistics.TrimmedRowCount} rows trimmed, {asking.LeftOutCount} groups, blocks and rows left out");

            // Merges come as the times of the run have it; most runs have some.
            Assert.True(statistics.SealCount > 1 && asking.LeftOutCount > 0);
        }

        await using StorageEngine reopened = await StorageEngine.OpenAsync(options);
        using var again = new Asking(reopened, native, random);
        for (int i = 0; i < HeldViewCount; i++)
            await again.AskAsync(null);
    }

    /// <summary>Stream t of the statements, in two clustered segments and a tail.</summary>
    private static async Task FillSmallAsync(StorageEngine storage, NativeTables native)
    {
        RecordBatch rows = Assert.Single(native.Read("SELECT * EXCLUDE (_offset) FROM t ORDER BY id"));
        await storage.CreateStreamAsync("t", rows.Schema, new StreamSettings { ClusterBy = ["k"] });
        foreach (RecordBatch part in (RecordBatch[])[rows.Slice(0, 300), rows.Slice(300, 150)])
        {
            await storage.AppendAsync("t", part);
            await storage.FlushAsync("t");
        }

        await storage.AppendAsync("t", rows.Slice(450, 50));
    }

    /// <summary>Asks the same of a view, new or a while old, and of a table with its rows. One thread.</summary>
    private sealed class Asking : IDisposable
    {
        private readonly StorageEngine _storage;
        private readonly NativeTables _native;
        private readonly Random _random;
        private readonly RandomPredicates _statements;
        private readonly QueryEngine _engine;
        private readonly List<StreamView> _held = [];
        private StreamView _view;

        public Asking(StorageEngine storage, NativeTables native, Random random)
        {
            (_storage, _native, _random) = (storage, native, random);
            _statements = new RandomPredicates(random);
            _view = storage.OpenView(LiveStream.Name);
            _engine = new QueryEngine(
                storage,
                new QueryOptions { ThreadCount = 2, MemoryLimitBytes = 512 << 20 },
                name => name == LiveStream.Name ? _view : storage.OpenView(name));
        }

        /// <summary>Groups, blocks and rows that statements did not need.</summary>
        public long LeftOutCount { get; private set; }

        public void Dispose() => _engine.Dispose();

        public async Task AskAsync(LiveStream? stream)
        {
            Choose(stream);
            _native.Execute(
                $"CREATE OR REPLACE VIEW s AS SELECT *, id AS _offset FROM rows WHERE id >= {_view.FirstOffset} AND id < {_view.EndOffset}");
            string sql = _statements.Statement();
            string[] native = [.. _native.ReadText(sql).Order(StringComparer.Ordinal)];
            foreach (bool prune in (bool[])[true, false])
            {
                List<string> rows = [];
                await using QueryResult result = await _engine.ExecuteAsync(sql, settings: new QuerySettings { Prune = prune });
                await foreach (RecordBatch batch in result.ReadAllAsync())
                    rows.AddRange(Enumerable.Range(0, batch.RowCount).Select(r => string.Join('|', batch.Columns.Select(c => Rows.Show(c, r)))));
                rows.Sort(StringComparer.Ordinal);
                Assert.True(
                    native.SequenceEqual(rows),
                    $"rows {_view.FirstOffset} to {_view.EndOffset} in {_view.Groups.Count} groups, pruned: {prune}: {sql}\n"
                    + $"  expected {native.Length} rows, such as {string.Join("; ", native.Except(rows).Take(3))}\n"
                    + $"  found {rows.Count}, such as {string.Join("; ", rows.Except(native).Take(3))}");
                LeftOutCount += result.Scan.GroupsPruned + result.Scan.BlocksPruned + result.Scan.RowsDropped;
            }
        }

        /// <summary>What was acknowledged before is in a new view; an old one shows what it always did, whatever became of the files.</summary>
        private void Choose(LiveStream? stream)
        {
            if (_held.Count > 0 && _random.Next(2) == 0)
            {
                _view = _held[_random.Next(_held.Count)];
                return;
            }

            long acknowledged = stream?.Acknowledged ?? 0;
            _view = _storage.OpenView(LiveStream.Name);
            Assert.True(_view.EndOffset >= acknowledged, $"a view ends at {_view.EndOffset} after {acknowledged} rows were acknowledged");
            if (_held.Count == HeldViewCount)
                _held.RemoveAt(_random.Next(HeldViewCount));
            _held.Add(_view);
        }
    }
}
