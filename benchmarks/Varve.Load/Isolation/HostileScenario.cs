using Varve.Arrow;
using Varve.Arrow.Builders;
using Varve.Client;
using Varve.Protocol.V1;
using Varve.Testing.Processes;

namespace Varve.Load.Isolation;

/// <summary>
/// Queries that would take more than they may, one after the other, while rows are appended: what status each one ends with and how soon, and how long
/// appends took meanwhile next to appends without them. Fails where one ends otherwise than it should.
/// </summary>
internal sealed class HostileScenario : IScenario
{
    private const string Stream = "appended";
    private const string Endless = "select count(*) from range(1000000000000) a where a.range % 7 = 3";

    private static readonly Schema Columns = new([new Field("n", ArrowTypes.Int64)]);

    /// <summary>Each ends by its limits, or by its own text.</summary>
    private static readonly (string Name, string Sql, ErrorCode Expected)[] Cases =
    [
        ("more memory than allowed", "select * from range(20000000) a order by hash(a.range)", ErrorCode.SqlOutOfMemory),
        ("longer than allowed", Endless, ErrorCode.SqlTimeout),
        ("a million column references", $"select {string.Join(',', Enumerable.Repeat("n", 1_000_000))} from {Stream}", ErrorCode.SqlInvalid),
        ("10,000 nested parentheses", $"select {new string('(', 10_000)}1{new string(')', 10_000)}", ErrorCode.SqlInvalid),
    ];

    private readonly TimeProvider _time = TimeProvider.System;

    public string Name => "hostile";

    public string Summary => "queries that take too much, while rows are appended: seconds=5 (without them first) memory=64MiB timeout=10000 (ms)";

    public async Task RunAsync(LoadArguments arguments)
    {
        string directory = Directory.CreateTempSubdirectory("varve-load-").FullName;
        try
        {
            await using VarveDaemon daemon = await VarveDaemon.StartAsync(
                directory, "--sql-memory-limit-bytes", arguments.Text("memory", "64MiB"), "--sql-timeout", arguments.Text("timeout", "10s"));
            using var client = new VarveClient(new VarveClientOptions { Endpoint = daemon.Endpoint });
            await client.CreateStreamAsync(Stream, Columns);
            List<double> alone = await AppendDuringAsync(client, Task.Delay(TimeSpan.FromSeconds(arguments.Number("seconds", 5)), _time));
            List<double> beside = await AppendDuringAsync(client, Task.Run(() => RunCasesAsync(daemon.Endpoint)));
            Console.WriteLine($"appends alone: {Shown(alone)}");
            Console.WriteLine($"appends beside them: {Shown(beside)}");
            Console.WriteLine("held");
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    /// <summary>How long appends took, one after the other, in milliseconds.</summary>
    private async Task<List<double>> AppendDuringAsync(VarveClient client, Task other)
    {
        RecordBatch row = new RecordBatchBuilder(Columns).AppendRow(1L).Build();
        await using StreamAppender appender = client.OpenAppender(Stream);
        List<double> milliseconds = [];
        while (!other.IsCompleted)
        {
            long started = _time.GetTimestamp();
            await await appender.AppendAsync(row);
            milliseconds.Add(_time.GetElapsedTime(started).TotalMilliseconds);
        }

        await other;
        await appender.CompleteAsync();
        return milliseconds;
    }

    private async Task RunCasesAsync(string endpoint)
    {
        using var client = new VarveClient(new VarveClientOptions { Endpoint = endpoint });
        foreach ((string name, string sql, ErrorCode expected) in Cases)
        {
            long started = _time.GetTimestamp();
            ErrorCode found = await RunAsync(client, sql, CancellationToken.None);
            Console.WriteLine($"{name}: {found} after {_time.GetElapsedTime(started).TotalMilliseconds:N0} ms");
            if (found != expected)
                throw new ScenarioFailedException($"{name}: ended with {found}, expected was {expected}");
        }

        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(500), _time);
        long cancelled = _time.GetTimestamp();
        try
        {
            await RunAsync(client, Endless, cancel.Token);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            Console.WriteLine($"cancelled by the client after 500 ms: ended after {_time.GetElapsedTime(cancelled).TotalMilliseconds:N0} ms");
            return;
        }

        throw new ScenarioFailedException("a query that the client cancelled ended by itself");
    }

    private static async Task<ErrorCode> RunAsync(VarveClient client, string sql, CancellationToken cancellation)
    {
        try
        {
            using SqlAnswer answer = await client.QueryAsync(sql, cancellation);
            await foreach (RecordBatch _ in answer.ReadAllAsync(cancellation))
            {
            }

            return ErrorCode.Unspecified;
        }
        catch (VarveException e)
        {
            return e.Code;
        }
    }

    private static string Shown(List<double> milliseconds)
    {
        milliseconds.Sort();
        double At(double part) => milliseconds[(int)((milliseconds.Count - 1) * part)];
        return $"{milliseconds.Count} of them, median {At(0.5):N2} ms, p99 {At(0.99):N2} ms, longest {milliseconds[^1]:N1} ms";
    }
}
