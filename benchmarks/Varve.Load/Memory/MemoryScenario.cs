using System.Threading.Channels;
using Varve.Arrow;
using Varve.Arrow.Values;
using Varve.Client;
using Varve.Testing.Processes;

namespace Varve.Load.Memory;

/// <summary>
/// More rows than fit into memory, appended to a daemon that is held to a limit, with queries meanwhile; then all of them read back, and once more
/// after a kill. Fails where the daemon passes the limit, appends stand still for too long, or a row is missing.
/// </summary>
internal sealed class MemoryScenario : IScenario
{
    private const string Stream = "telemetry";

    private readonly TimeProvider _time = TimeProvider.System;
    private readonly AckGaps _gaps = new(TimeProvider.System);
    private long _sentRowCount;
    private long _acknowledgedRowCount;
    private Int128 _sentBytesSum;

    public string Name => "memory";

    public string Summary => "rows beyond memory, a daemon held to a limit, queries meanwhile: rows=20000000 limit=1GiB batch=8192 gap=1000 (ms)";

    public async Task RunAsync(LoadArguments arguments)
    {
        long rows = arguments.Number("rows", 20_000_000);
        string limit = arguments.Text("limit", "1GiB");
        string directory = arguments.Text("directory", Path.Combine(Path.GetTempPath(), $"varve-memory-{Guid.NewGuid():N}"));
        try
        {
            long peakBytes = await AppendAndQueryAsync(directory, limit, rows, arguments.Number("batch", 8192));
            long peakAgainBytes = await ReadAfterKillAsync(directory, limit, rows);
            Judge(ReadBytes(limit), Math.Max(peakBytes, peakAgainBytes), TimeSpan.FromMilliseconds(arguments.Number("gap", 1000)));
        }
        finally
        {
            if (Directory.Exists(directory))
                Directory.Delete(directory, recursive: true);
        }
    }

    private async Task<long> AppendAndQueryAsync(string directory, string limit, long rows, int batchRows)
    {
        await using VarveDaemon daemon = await VarveDaemon.StartAsync(directory, "--memory-limit-bytes", limit);
        using var client = new VarveClient(new VarveClientOptions { Endpoint = daemon.Endpoint });
        var queries = new LiveQueries(client, () => Volatile.Read(ref _acknowledgedRowCount), () => Volatile.Read(ref _sentRowCount), _time);
        using var stop = new CancellationTokenSource();
        long start = _time.GetTimestamp();
        Task appending = AppendAsync(client, rows, batchRows);
        Task querying = QueryAsync(queries, appending, stop.Token);
        await ReportAsync(daemon, Task.WhenAny(appending, querying), start, rows);
        await stop.CancelAsync();
        await querying;
        await appending;
        double seconds = _time.GetElapsedTime(start).TotalSeconds;
        await queries.CheckAsync();
        await CheckSumAsync(client);
        long peakBytes = daemon.PeakMemoryBytes;
        Console.WriteLine($"{rows:N0} rows in {seconds:N1} s, {rows / seconds:N0} rows/s; peak memory {Mebibytes(peakBytes)} of {limit}; "
            + $"longest stand-still {_gaps.Longest.Gap.TotalMilliseconds:N0} ms, at row {_gaps.Longest.AtRow:N0}");
        Console.WriteLine($"{queries.CheckCount} checks saw every acknowledged row, the slowest in {queries.LongestCheck.TotalSeconds:N1} s; "
            + $"{queries.StatementCount} other statements, {queries.RefusedCount} of them refused for memory");
        await daemon.KillAsync();
        return peakBytes;
    }

    /// <summary>Queries begin when there is something to query, and their failure ends the run.</summary>
    private async Task QueryAsync(LiveQueries queries, Task appending, CancellationToken stop)
    {
        while (Volatile.Read(ref _acknowledgedRowCount) == 0 && !appending.IsCompleted)
            await Task.Delay(TimeSpan.FromMilliseconds(10), _time, CancellationToken.None);
        await queries.RunAsync(stop);
    }

    private async Task AppendAsync(VarveClient client, long rows, int batchRows)
    {
        using var source = new TelemetryRows();
        var underWay = Channel.CreateUnbounded<Task<AppendAck>>();
        Task? acknowledging = null;
        StreamAppender? appender = null;
        foreach (RecordBatch batch in await Task.Run(() => source.Read(rows, batchRows)))
        {
            if (appender is null)
            {
                await client.CreateStreamAsync(Stream, batch.Schema);
                appender = client.OpenAppender(Stream);
                acknowledging = AcknowledgeAsync(underWay.Reader);
            }

            ArrayData bytes = batch.Columns[batch.Schema.IndexOf("bytes")];
            for (int i = 0; i < batch.RowCount; i++)
                _sentBytesSum += ArrayReader.GetInt64(bytes, i);
            Interlocked.Add(ref _sentRowCount, batch.RowCount);
            _gaps.Sent();
            await underWay.Writer.WriteAsync(await appender.AppendAsync(batch));
        }

        underWay.Writer.Complete();
        await acknowledging!;
        await appender!.CompleteAsync();
        await appender.DisposeAsync();
    }

    private async Task AcknowledgeAsync(ChannelReader<Task<AppendAck>> underWay)
    {
        await foreach (Task<AppendAck> append in underWay.ReadAllAsync())
        {
            AppendAck ack = await append;
            long end = ack.FirstOffset + ack.RowCount;
            _gaps.Acknowledged(end);
            Volatile.Write(ref _acknowledgedRowCount, end);
        }
    }

    private async Task ReportAsync(VarveDaemon daemon, Task end, long start, long rows)
    {
        while (await Task.WhenAny(end, Task.Delay(TimeSpan.FromSeconds(5), _time)) != end)
        {
            Console.WriteLine(
                $"{_time.GetElapsedTime(start).TotalSeconds,6:N0} s  {Volatile.Read(ref _acknowledgedRowCount),12:N0} of {rows:N0} rows  "
                + $"memory {Mebibytes(daemon.MemoryBytes)}, peak {Mebibytes(daemon.PeakMemoryBytes)}");
        }
    }

    private async Task CheckSumAsync(VarveClient client)
    {
        using SqlAnswer answer = await client.QueryAsync($"select sum(bytes)::varchar from {Stream}");
        await foreach (RecordBatch batch in answer.ReadAllAsync())
        {
            string found = ArrayReader.Format(batch.Columns[0], 0);
            if (found != _sentBytesSum.ToString())
                throw new ScenarioFailedException($"the column bytes sums up to {found}, {_sentBytesSum} was sent");
        }
    }

    /// <summary>A kill, another start under the same limit, and every row read back in its order.</summary>
    private async Task<long> ReadAfterKillAsync(string directory, string limit, long rows)
    {
        long start = _time.GetTimestamp();
        await using VarveDaemon daemon = await VarveDaemon.StartAsync(directory, "--memory-limit-bytes", limit);
        double startSeconds = _time.GetElapsedTime(start).TotalSeconds;
        using var client = new VarveClient(new VarveClientOptions { Endpoint = daemon.Endpoint });
        long next = 0;
        await foreach (StreamRows read in client.ReadAsync(Stream, new ReadOptions { Columns = ["offset"] }))
        {
            for (int i = 0; i < read.Rows.RowCount; i++, next++)
            {
                if (ArrayReader.GetInt64(read.Rows.Columns[0], i) != next)
                    throw new ScenarioFailedException($"after a kill, row {next} is not there: {ArrayReader.GetInt64(read.Rows.Columns[0], i)} is");
            }
        }

        if (next != rows)
            throw new ScenarioFailedException($"after a kill, {next} of {rows} rows are there");
        Console.WriteLine($"after kill -9: serves again in {startSeconds:N1} s; all rows read back in order; "
            + $"peak memory {Mebibytes(daemon.PeakMemoryBytes)}");
        return daemon.PeakMemoryBytes;
    }

    private void Judge(long limitBytes, long peakBytes, TimeSpan gapMax)
    {
        if (peakBytes > limitBytes)
            throw new ScenarioFailedException($"the daemon took {Mebibytes(peakBytes)}, more than {Mebibytes(limitBytes)}");
        if (_gaps.Longest.Gap > gapMax)
        {
            throw new ScenarioFailedException(
                $"appends stood still for {_gaps.Longest.Gap.TotalMilliseconds:N0} ms, more than {gapMax.TotalMilliseconds:N0}");
        }

        Console.WriteLine("held");
    }

    private static string Mebibytes(long bytes) => $"{bytes / (1 << 20):N0} MiB";

    private static long ReadBytes(string text) => text switch
    {
        _ when text.EndsWith("GiB", StringComparison.Ordinal) => (long)(double.Parse(text[..^3]) * (1 << 30)),
        _ when text.EndsWith("MiB", StringComparison.Ordinal) => (long)(double.Parse(text[..^3]) * (1 << 20)),
        _ => long.Parse(text),
    };
}
