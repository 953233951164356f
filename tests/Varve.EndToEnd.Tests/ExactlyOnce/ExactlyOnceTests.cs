using System.Net;
using Varve.Arrow;
using Varve.Arrow.Builders;
using Varve.Arrow.Values;
using Varve.Client;
using Varve.EndToEnd.Tests.Clients;
using Varve.Testing;
using Varve.Testing.Processes;
using Xunit.Abstractions;

namespace Varve.EndToEnd.Tests.ExactlyOnce;

/// <summary>
/// Eight producers of the .NET client and one of gRPC's C core, in Python, write through a proxy that cuts their connections, to a daemon that is killed
/// and started again. In the end every row that any of them wrote is there once, and in its producer's order.
/// </summary>
public sealed class ExactlyOnceTests(ITestOutputHelper output, PythonClients python) : IClassFixture<PythonClients>, IAsyncLifetime, IAsyncDisposable
{
    private const int Producers = 8;
    private const int Restarts = 20;
    private const int CutsPerLife = 10;
    private const string Stream = "written";

    private static readonly Schema Columns = new(
        [new Field("producer", ArrowTypes.Utf8, isNullable: false), new Field("n", ArrowTypes.Int64, isNullable: false)]);

    private readonly TempDirectory _directory = new("once");
    private TaskCompletionSource _nextAnswer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private VarveDaemon? _daemon;
    private long _answered;

    public async ValueTask DisposeAsync()
    {
        if (_daemon is not null)
            await _daemon.DisposeAsync();
        _directory.Dispose();
    }

    Task IAsyncLifetime.InitializeAsync() => Task.CompletedTask;

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    [Fact]
    public async Task Nothing_is_lost_or_doubled_through_200_cut_connections_and_20_kills()
    {
        Random random = new(TestSeed.Next(output.WriteLine));
        await using CuttingProxy proxy = new();
        _daemon = await StartAsync(proxy);
        using VarveClient client = new(new VarveClientOptions { Endpoint = $"127.0.0.1:{proxy.Port}" });
        await client.CreateStreamAsync(Stream, Columns);
        string stopFile = _directory.File("stop");
        using CancellationTokenSource stop = new();
        Task<long>[] writing = [.. Enumerable.Range(0, Producers).Select(i => WriteAsync(proxy.Port, $"dotnet-{i}", stop.Token))];
        Task<ClientAnswer> fromPython = python.RunAsync(
            "produce.py", new { port = proxy.Port, stream = Stream, producer = "python", stop = stopFile }, TimeSpan.FromMinutes(15));

        int cuts = 0;
        for (int life = 0; life <= Restarts; life++)
        {
            for (int i = 0; i < CutsPerLife; i++)
            {
                await ProgressAsync(random.Next(1, 40), [.. writing, fromPython]);
                cuts += proxy.Cut();
            }

            if (life == Restarts)
                break;
            await _daemon.KillAsync();
            await _daemon.DisposeAsync();
            _daemon = await StartAsync(proxy);
        }

        await stop.CancelAsync();
        await File.WriteAllTextAsync(stopFile, "");
        Dictionary<string, long> expected = [];
        for (int i = 0; i < Producers; i++)
            expected.Add($"dotnet-{i}", await writing[i]);
        expected.Add("python", long.Parse((await fromPython).Text("produce"), System.Globalization.CultureInfo.InvariantCulture));
        Dictionary<string, List<long>> found = await ReadAsync(client);
        Assert.Equal(expected.Keys.Order(), found.Keys.Order());
        foreach ((string producer, long count) in expected)
            Assert.Equal(Enumerable.Range(0, (int)count).Select(n => (long)n), found[producer]);
        output.WriteLine($"{cuts} connections cut, {Restarts} kills, {expected.Values.Sum()} rows: {string.Join(' ', expected)}");
        Assert.True(cuts >= 200, $"{cuts} connections were cut");
    }

    private async Task<VarveDaemon> StartAsync(CuttingProxy proxy)
    {
        VarveDaemon daemon = await VarveDaemon.StartAsync(_directory.File("data"), "--seal-rows", "2000");
        proxy.Target = IPEndPoint.Parse(daemon.Endpoint);
        return daemon;
    }

    /// <summary>Writes one row an append until told to stop, waits for the answers, and returns how many rows it wrote.</summary>
    private async Task<long> WriteAsync(int port, string name, CancellationToken stop)
    {
        using VarveClient client = new(new VarveClientOptions { Endpoint = $"127.0.0.1:{port}" });
        ProducerOptions options = new() { MaxUnacknowledgedAppends = 16, RetryDelay = TimeSpan.FromMilliseconds(5) };
        await using Producer producer = await client.OpenProducerAsync(name, options, CancellationToken.None);
        while (!stop.IsCancellationRequested)
        {
            Task<AppendAck> ack = await producer.AppendAsync(
                Stream, new RecordBatchBuilder(Columns).AppendRow(name, producer.NextSequence).Build(), cancellation: CancellationToken.None);
            _ = CountAsync(ack);
        }

        await producer.FlushAsync(CancellationToken.None);
        return producer.NextSequence;
    }

    private async Task CountAsync(Task<AppendAck> ack)
    {
        await ack;
        Interlocked.Increment(ref _answered);
        Interlocked.Exchange(ref _nextAnswer, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
    }

    /// <summary>Waits until that many more appends were answered; fails with the first writer that ends.</summary>
    private async Task ProgressAsync(int count, Task[] writing)
    {
        long from = Interlocked.Read(ref _answered);
        while (Interlocked.Read(ref _answered) < from + count)
        {
            Task answer = _nextAnswer.Task;
            if (Interlocked.Read(ref _answered) >= from + count)
                return;
            Task first = await Task.WhenAny([answer, .. writing]).WaitAsync(TimeSpan.FromMinutes(2));
            if (first == answer)
                continue;
            await first;
            Assert.Fail("a writer ended");
        }
    }

    private static async Task<Dictionary<string, List<long>>> ReadAsync(VarveClient client)
    {
        Dictionary<string, List<long>> found = [];
        await foreach (StreamRows rows in client.ReadAsync(Stream))
        {
            for (int i = 0; i < rows.Rows.RowCount; i++)
            {
                string producer = (string)ArrayReader.GetValue(rows.Rows.Columns[0], i)!;
                if (!found.TryGetValue(producer, out List<long>? numbers))
                    found.Add(producer, numbers = []);
                numbers.Add(ArrayReader.GetInt64(rows.Rows.Columns[1], i));
            }
        }

        return found;
    }
}
