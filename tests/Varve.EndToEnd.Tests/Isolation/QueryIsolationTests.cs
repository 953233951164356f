using System.Diagnostics;
using Varve.Arrow;
using Varve.Arrow.Builders;
using Varve.Client;
using Varve.Protocol.V1;
using Varve.Testing;
using Varve.Testing.Processes;

namespace Varve.EndToEnd.Tests.Isolation;

/// <summary>Statements that take too much, over real processes: each ends alone, with its own status, while appends and other statements go on.</summary>
public sealed class QueryIsolationTests : IAsyncLifetime, IAsyncDisposable
{
    private const string Endless = "select count(*) as c from range(1000000000000) a where a.range % 7 = 3";
    private const string Greedy = "select count(*) from (select a.range % 100000007 as k, count(*) from range(100000000) a group by k)";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly Schema Numbers = new([new Field("n", ArrowTypes.Int64, isNullable: false)]);

    private readonly TempDirectory _directory = new("isolation");
    private VarveDaemon _daemon = null!;
    private VarveClient _client = null!;

    public async Task InitializeAsync()
    {
        _daemon = await VarveDaemon.StartAsync(
            _directory.File("data"), "--sql-memory-limit-bytes", "64MiB", "--sql-timeout", "20s", "--sql-max-concurrent-queries", "2");
        _client = new VarveClient(new VarveClientOptions { Endpoint = _daemon.Endpoint });
        await _client.CreateStreamAsync("s", Numbers);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _daemon.DisposeAsync();
        _directory.Dispose();
    }

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    [Fact]
    public async Task A_client_that_dies_takes_its_statement_with_it()
    {
        using Process client = _daemon.StartCommand("query", Endless);
        await UntilAsync(status => status.ActiveQueries > 0);
        client.Kill();
        await client.WaitForExitAsync();
        await UntilAsync(status => status.ActiveQueries == 0);
        await CheckAsync(0);
    }

    [Fact]
    public async Task Statements_that_take_too_much_fail_alone_while_rows_come_in()
    {
        (string Sql, ErrorCode Code)[] bad =
        [
            (Greedy, ErrorCode.SqlOutOfMemory),
            (Endless, ErrorCode.SqlTimeout),
            ("select " + string.Join("+", Enumerable.Repeat("n", 1_000_000)) + " from s", ErrorCode.SqlInvalid),
            ("select " + new string('(', 10_000) + "1" + new string(')', 10_000), ErrorCode.SqlInvalid),
        ];
        Task<VarveException>[] failing = [.. bad.Select(b => Assert.ThrowsAsync<VarveException>(() => ReadAsync(b.Sql)))];
        long rows = 0;
        while (!failing.All(f => f.IsCompleted))
        {
            await _client.AppendAsync("s", new RecordBatchBuilder(Numbers).AppendRow(rows).Build());
            rows++;
        }

        Assert.Equal(bad.Select(b => b.Code), (await Task.WhenAll(failing)).Select(e => e.Code));
        Assert.True(rows > 0);
        await CheckAsync(rows);
    }

    private async Task CheckAsync(long rows)
    {
        Assert.Equal(rows, await ReadAsync("select count(*) from s"));
        Assert.False(_daemon.HasExited);
    }

    /// <summary>The first value of the answer.</summary>
    private async Task<long> ReadAsync(string sql)
    {
        using SqlAnswer answer = await _client.QueryAsync(sql);
        await foreach (RecordBatch batch in answer.ReadAllAsync())
            return Varve.Arrow.Values.ArrayReader.GetInt64(batch.Columns[0], 0);
        throw new InvalidOperationException("the answer has no rows");
    }

    private async Task UntilAsync(Func<GetStatusResponse, bool> condition)
    {
        using CancellationTokenSource late = new(Patience);
        while (!condition(await _client.GetStatusAsync(late.Token)))
            late.Token.ThrowIfCancellationRequested();
    }
}
