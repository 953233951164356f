using System.Diagnostics;
using Varve.Arrow;
using Varve.Query.Native;
using Varve.Query.Sessions;
using Varve.Query.Tests.Fixtures;
using Varve.Storage;
using Varve.Testing;

namespace Varve.Query.Tests.Sessions;

/// <summary>Cancel, time limit, memory limit, waiting, and the end of the engine.</summary>
public sealed class LimitTests : IAsyncLifetime, IDisposable
{
    /// <summary>Runs for hours without a stream.</summary>
    private const string Endless = "SELECT count(*) FROM range(1000000000000) a WHERE a.range % 7 = 3";

    private readonly TempDirectory _directory = new("limits");
    private StorageEngine _storage = null!;
    private QueryEngine _engine = null!;

    public async Task InitializeAsync()
    {
        _storage = await StorageEngine.OpenAsync(new StorageOptions { Directory = _directory.Path });
        _engine = new QueryEngine(
            _storage,
            new QueryOptions
            {
                ThreadCount = 2,
                ConcurrentStatementCount = 2,
                WaitingStatementCountMax = 3,
                OpenResultCountMax = 12,
                MemoryLimitBytes = 64 << 20,
            });
        await _storage.CreateStreamAsync("s", new Schema([new Field("a", ArrowTypes.Int64)]));
        RecordBatch rows = TestArrays.Batch(("a", ArrowTypes.Int64, [.. Enumerable.Range(0, 70_000).Select(i => (object?)(long)i)]));
        for (int i = 0; i < 4; i++)
            await _storage.AppendAsync("s", rows);
    }

    public async Task DisposeAsync()
    {
        _engine.Dispose();
        await _storage.DisposeAsync();
    }

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(Endless)]
    [InlineData("SELECT count(*) FROM s a, s b WHERE a.a + b.a = 17")]
    [InlineData("SELECT * FROM s a, s b ORDER BY a.a LIMIT 1")]
    public async Task A_running_statement_can_be_cancelled(string sql)
    {
        using var cancel = new CancellationTokenSource();
        Task<QueryResult> running = _engine.ExecuteAsync(sql, cancellationToken: cancel.Token);
        await Task.Delay(100);
        Assert.False(running.IsCompleted);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.WaitAsync(TimeSpan.FromSeconds(20)));
        Assert.Equal("280000", await _engine.OneAsync("SELECT count(*) FROM s"));
    }

    [Fact]
    public async Task Reading_can_be_cancelled()
    {
        using var cancel = new CancellationTokenSource();
        await using QueryResult result = await _engine.ExecuteAsync("SELECT a.a FROM s a, s b");
        int batches = 0;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (RecordBatch batch in result.ReadAllAsync(cancel.Token))
            {
                if (++batches == 5)
                    await cancel.CancelAsync();
            }
        });
        Assert.InRange(batches, 5, 7);
    }

    [Fact]
    public async Task A_statement_that_takes_too_long_ends_with_its_limit_named()
    {
        QueryException error = await Assert.ThrowsAsync<QueryException>(
            () => _engine.ExecuteAsync(Endless, settings: new QuerySettings { Timeout = TimeSpan.FromMilliseconds(200) }));
        Assert.Equal(QueryErrorCode.Timeout, error.Code);
        Assert.Contains("0.2 s", error.Message, StringComparison.Ordinal);
        Assert.Equal("1", await _engine.OneAsync("SELECT 1"));
    }

    [Fact]
    public async Task The_time_that_a_reader_takes_does_not_count()
    {
        await using QueryResult result = await _engine.ExecuteAsync(
            "SELECT a, a, a FROM s", settings: new QuerySettings { Timeout = TimeSpan.FromSeconds(2) });
        long rows = 0;
        var watch = Stopwatch.StartNew();
        await foreach (RecordBatch batch in result.ReadAllAsync())
        {
            rows += batch.RowCount;
            if (watch.Elapsed < TimeSpan.FromSeconds(2.5))
                await Task.Delay(700);
        }

        Assert.Equal(280_000, rows);
        Assert.True(watch.Elapsed > TimeSpan.FromSeconds(2));
    }

    [Fact]
    public async Task Running_out_of_memory_is_an_error_and_the_engine_stays_usable()
    {
        QueryException error = await _engine.FailAsync("SELECT * FROM (SELECT a.a, b.a AS b FROM s a, s b WHERE b.a < 200) ORDER BY b, a");
        Assert.Equal(QueryErrorCode.OutOfMemory, error.Code);
        Assert.Equal("280000", await _engine.OneAsync("SELECT count(*) FROM s"));
    }

    [Fact]
    public async Task A_statement_does_not_fail_for_the_memory_that_others_hold()
    {
        using var engine = new QueryEngine(_storage, new QueryOptions { ThreadCount = 2, ConcurrentStatementCount = 2, MemoryLimitBytes = 320 << 20 });

        // Sorts whose results nobody reads on, until one of them finds nothing left.
        const string sort = "SELECT a, a + 1, a + 2 FROM s ORDER BY a % 1000, a";
        List<QueryResult> held = [];
        while (engine.Reserve.UseCount == 0)
        {
            Assert.InRange(held.Count, 0, 200);
            held.Add(await engine.ExecuteAsync(sort));
        }

        QueryException late = await Assert.ThrowsAsync<QueryException>(
            () => engine.ExecuteAsync(sort, settings: new QuerySettings { Timeout = TimeSpan.FromSeconds(3) }));
        Assert.Contains(late.Code, new[] { QueryErrorCode.OutOfMemory, QueryErrorCode.Timeout });
        foreach (QueryResult result in held)
            await result.DisposeAsync();
        await using QueryResult again = await engine.ExecuteAsync(sort);
        long rows = 0;
        await foreach (RecordBatch batch in again.ReadAllAsync())
            rows += batch.RowCount;
        Assert.Equal(280_000, rows);
    }

    [Fact]
    public async Task Statements_wait_their_turn_and_are_refused_when_too_many_wait()
    {
        using var cancel = new CancellationTokenSource();
        Task<QueryResult>[] running = [.. Enumerable.Range(0, 2).Select(_ => _engine.ExecuteAsync(Endless, cancellationToken: cancel.Token))];
        await WaitForAsync(async () =>
            (await Record.ExceptionAsync(() => Probe(TimeSpan.FromMilliseconds(50)))) is QueryException { Code: QueryErrorCode.Timeout });
        using var giveUp = new CancellationTokenSource();
        Task<QueryResult>[] waiting = [.. Enumerable.Range(0, 3).Select(_ => _engine.ExecuteAsync("SELECT 1", cancellationToken: giveUp.Token))];
        Assert.Equal(QueryErrorCode.Busy, (await Assert.ThrowsAsync<QueryException>(() => _engine.ExecuteAsync("SELECT 1"))).Code);

        // Preparing does not wait behind what runs, and a wait can be given up.
        Assert.NotNull((await _engine.PrepareAsync("SELECT 1 AS a")).ResultSchema);
        await giveUp.CancelAsync();
        foreach (Task<QueryResult> one in waiting)
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => one);
        await cancel.CancelAsync();
        foreach (Task<QueryResult> one in running)
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => one);
        Assert.Equal("1", await _engine.OneAsync("SELECT 1"));
    }

    [Fact]
    public async Task Open_results_that_nobody_reads_do_not_block_others()
    {
        List<QueryResult> open = [];
        for (int i = 0; i < 10; i++)
            open.Add(await _engine.ExecuteAsync("SELECT a.a FROM s a, s b"));
        Assert.Equal("280000", await _engine.OneAsync("SELECT count(*) FROM s"));
        open.Add(await _engine.ExecuteAsync("SELECT 1"));
        open.Add(await _engine.ExecuteAsync("SELECT 1"));
        Assert.Equal(QueryErrorCode.Busy, (await Assert.ThrowsAsync<QueryException>(() => _engine.ExecuteAsync("SELECT 1"))).Code);
        foreach (QueryResult result in open)
            await result.DisposeAsync();
        Assert.Equal("280000", await _engine.OneAsync("SELECT count(*) FROM s"));
    }

    [Fact]
    public async Task A_failed_statement_leaves_nothing_open()
    {
        for (int i = 0; i < 30; i++)
            await _engine.FailAsync(i % 2 == 0 ? "SELECT nope FROM s" : "SELECT 'x'::INT");
        Assert.Equal("1", await _engine.OneAsync("SELECT 1"));
    }

    [Fact]
    public async Task After_a_fatal_error_a_new_database_answers()
    {
        await using QueryResult open = await _engine.ExecuteAsync("SELECT a FROM s");
        Assert.True(DuckDbErrors.IsFatal(DuckDbErrors.FromText("FATAL Error: database has been invalidated")));
        SqlDatabase broken = _engine.Database;
        broken.IsBroken = true;
        Assert.Equal("280000", await _engine.OneAsync("SELECT count(*) FROM s"));
        Assert.NotSame(broken, _engine.Database);
        long rows = 0;
        await foreach (RecordBatch batch in open.ReadAllAsync())
            rows += batch.RowCount;
        Assert.Equal(280_000, rows);
    }

    [Fact]
    public async Task Disposing_a_result_stops_its_statement()
    {
        for (int i = 0; i < 20; i++)
        {
            await using QueryResult result = await _engine.ExecuteAsync("SELECT a.a FROM s a, s b WHERE a.a + b.a <> 5");
            await foreach (RecordBatch batch in result.ReadAllAsync())
                break;
        }

        Assert.Equal("1", await _engine.OneAsync("SELECT 1"));
    }

    [Fact]
    public async Task Closing_the_engine_ends_what_runs()
    {
        using var engine = new QueryEngine(_storage, new QueryOptions { ThreadCount = 2 });
        QueryResult open = await engine.ExecuteAsync("SELECT a.a FROM s a, s b");
        Task<QueryResult> running = engine.ExecuteAsync(Endless);
        await Task.Delay(50);
        engine.Dispose();
        Assert.Equal(QueryErrorCode.Cancelled, (await Assert.ThrowsAsync<QueryException>(() => running)).Code);
        await Assert.ThrowsAsync<QueryException>(async () =>
        {
            await foreach (RecordBatch batch in open.ReadAllAsync())
                Assert.NotNull(batch);
        });
        await open.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => engine.ExecuteAsync("SELECT 1"));
    }

    private async Task Probe(TimeSpan timeout)
    {
        await using QueryResult result = await _engine.ExecuteAsync("SELECT 1", settings: new QuerySettings { Timeout = timeout });
    }

    private static async Task WaitForAsync(Func<Task<bool>> condition)
    {
        var watch = Stopwatch.StartNew();
        while (!await condition())
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), "waited for 20 s");
    }
}
