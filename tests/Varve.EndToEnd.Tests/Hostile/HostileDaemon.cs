using Varve.Arrow;
using Varve.Arrow.Builders;
using Varve.Arrow.Values;
using Varve.Client;
using Varve.Protocol.V1;
using Varve.Testing;
using Varve.Testing.Processes;

namespace Varve.EndToEnd.Tests.Hostile;

/// <summary>
/// A daemon process that is mistreated, with a stream that nobody mistreats: that one shows whether the daemon still does what it should. When the
/// tests are done, the daemon must stop in peace and have nothing unexpected in its log.
/// </summary>
public sealed class HostileDaemon : IAsyncLifetime, IAsyncDisposable
{
    public const long TailBytesMax = 256L << 20;

    /// <summary>Room for rows, for SQL, for messages and for the program itself.</summary>
    private const long MemoryBytesMax = 1536L << 20;

    private const string Control = "control";

    private static readonly Schema ControlColumns = new([new Field("n", ArrowTypes.Int64, isNullable: false), new Field("text", ArrowTypes.Utf8)]);

    private readonly TempDirectory _directory = new("hostile");
    private VarveDaemon? _daemon;
    private VarveClient? _client;
    private long _controlRows;

    public string Endpoint => _daemon!.Endpoint;

    public async Task InitializeAsync()
    {
        _daemon = await VarveDaemon.StartAsync(Path.Combine(_directory.Path, "data"),
            "--data-tail-memory-limit-bytes", $"{TailBytesMax}", "--sql-memory-limit-bytes", "256MiB", "--sql-timeout", "3s");
        _client = new VarveClient(new VarveClientOptions { Endpoint = Endpoint });
        await _client.CreateStreamAsync(Control, ControlColumns);
        await TidyAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        if (_daemon is null)
            return;
        VarveResult end = await _daemon.TerminateAsync();
        await _daemon.DisposeAsync();
        _directory.Dispose();
        Assert.True(end.ExitCode == 0, $"the daemon ended with {end.ExitCode}: {end.Errors}");
        string[] unexpected = [.. end.Errors.Split('\n').Where(l => l.Contains("fail: ", StringComparison.Ordinal)
            || l.Contains("crit: ", StringComparison.Ordinal) || l.Contains("Unhandled", StringComparison.OrdinalIgnoreCase))];
        Assert.True(unexpected.Length == 0, $"the log has {unexpected.Length} errors: {string.Join('\n', unexpected.Take(5))}");
    }

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    /// <summary>The stream to mistreat is as it was; all others that hostile calls made are gone.</summary>
    internal async Task TidyAsync()
    {
        foreach (StreamDescription stream in await _client!.ListStreamsAsync())
        {
            if (stream.Name != Control)
                await _client.DropStreamAsync(stream.Name, ifExists: true);
        }

        await _client.CreateStreamAsync(WireCalls.Stream, WireCalls.Columns);
    }

    /// <summary>The daemon is there, healthy, takes rows, and gives back each it ever took, once and in order, by Read and by SQL.</summary>
    internal async Task CheckAsync()
    {
        Assert.False(_daemon!.HasExited, "the daemon has ended");
        using var http = new HttpClient();
        Assert.Equal("ready\n", await http.GetStringAsync(new Uri($"http://{_daemon.HttpEndpoint}/health/ready")));
        await TidyAsync();

        var builder = new RecordBatchBuilder(ControlColumns);
        for (int i = 0; i < 100; i++)
            builder.AppendRow(_controlRows + i, i % 3 == 0 ? null : $"row {_controlRows + i}");
        Assert.Equal(_controlRows, (await _client!.AppendAsync(Control, builder.Build())).FirstOffset);
        _controlRows += 100;
        long next = 0;
        await foreach (StreamRows rows in _client.ReadAsync(Control))
        {
            for (int row = 0; row < rows.Rows.RowCount; row++, next++)
                Assert.Equal(next, ArrayReader.GetInt64(rows.Rows.Columns[0], row));
        }

        Assert.Equal(_controlRows, next);
        using SqlAnswer answer = await _client.QueryAsync($"select count(*)::bigint, sum(n)::bigint, count(text)::bigint from {Control}");
        List<object?[]> found = [];
        await foreach (RecordBatch batch in answer.ReadAllAsync())
            found.Add([.. batch.Columns.Select(c => ArrayReader.GetValue(c, 0))]);
        Assert.Equal([_controlRows, _controlRows * (_controlRows - 1) / 2, _controlRows / 100 * 66], Assert.Single(found).Cast<long>());
        Assert.InRange(_daemon.PeakMemoryBytes, 0, MemoryBytesMax);
    }
}
