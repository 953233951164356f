using System.Globalization;
using Varve.Arrow;
using Varve.Arrow.Builders;
using Varve.Arrow.Values;
using Varve.Client;
using Varve.Testing;
using Varve.Testing.Processes;
using Xunit.Abstractions;

namespace Varve.EndToEnd.Tests;

/// <summary>
/// A daemon that is held to a limit takes more rows than fit into it, and answers meanwhile. A small run of what tools/memory-trial does with twenty
/// million rows.
/// </summary>
public sealed class MemoryLimitTests(ITestOutputHelper output) : IDisposable
{
    private const long LimitBytes = 1L << 30;
    private const int TextBytes = 1024;
    private const int BatchRows = 2_000;
    private const int BatchCount = 475;
    private const long RowCount = (long)BatchRows * BatchCount;

    /// <summary>Sees a row that is missing or doubled;</summary>
    private const string Numbers = "select count(*), coalesce(sum(n), 0)::bigint, 0::bigint from logs";

    /// <summary>and one that is changed.</summary>
    private const string Texts =
        "select count(*), coalesce(sum(n), 0)::bigint, count(*) filter (text <> repeat(chr(97 + (n % 26)::integer), 1024)) from logs";

    private static readonly Schema Columns = new(
        [new Field("n", ArrowTypes.Int64, isNullable: false), new Field("text", ArrowTypes.Utf8, isNullable: false)]);

    private readonly TempDirectory _directory = new("memory-limit");
    private long _acknowledged;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task More_rows_than_fit_into_the_limit_are_taken_and_seen_within_it()
    {
        // A busy machine may take long to seal: appends are not to be refused for that here.
        await using VarveDaemon daemon = await VarveDaemon.StartAsync(
            _directory.File("data"), "--memory-limit-bytes", LimitBytes.ToString(CultureInfo.InvariantCulture), "--append-memory-wait", "10m");
        using var client = new VarveClient(new VarveClientOptions { Endpoint = daemon.Endpoint });
        await client.CreateStreamAsync("logs", Columns);
        Task appending = AppendAsync(client);
        int checks = 0;
        do
        {
            long acknowledged = Volatile.Read(ref _acknowledged);
            Assert.InRange(await CountAsync(client, Numbers), acknowledged, RowCount);
            checks++;
        }
        while (!appending.IsCompleted);
        await appending;
        Assert.Equal(RowCount, await CountAsync(client, Texts));
        output.WriteLine($"{RowCount * TextBytes >> 20} MiB of text, {checks} checks meanwhile, peak memory {daemon.PeakMemoryBytes >> 20} MiB");
        Assert.InRange(daemon.PeakMemoryBytes, 1, LimitBytes);
    }

    /// <summary>SQL's engine does not count what exact percentiles gather: 800 MB here, were they not stopped.</summary>
    [Fact]
    public async Task A_statement_that_takes_memory_which_nobody_counts_is_ended_at_the_limit_and_the_others_go_on()
    {
        const long limit = 512L << 20;
        const string hoard =
            "select max(p) from (select n % 1000 as g, percentile_cont(0.5) within group (order by n) as p from range(100000000) t(n) group by 1)";
        await using VarveDaemon daemon = await VarveDaemon.StartAsync(
            _directory.File("data"), "--memory-limit-bytes", limit.ToString(CultureInfo.InvariantCulture));
        using var client = new VarveClient(new VarveClientOptions { Endpoint = daemon.Endpoint });
        VarveException ended = await Assert.ThrowsAsync<VarveException>(async () =>
        {
            using SqlAnswer answer = await client.QueryAsync(hoard);
            await foreach (RecordBatch batch in answer.ReadAllAsync())
                Assert.Fail($"{batch.RowCount} rows");
        });
        Assert.Contains("limit of memory", ended.Message);
        output.WriteLine($"peak memory {daemon.PeakMemoryBytes >> 20} MiB of {limit >> 20}");

        // What it takes between two looks is on top.
        Assert.InRange(daemon.PeakMemoryBytes, 1, limit + (limit / 4));
        await client.CreateStreamAsync("logs", Columns);
        await client.AppendAsync("logs", Batch(0));
        Assert.Equal(BatchRows, await CountAsync(client, Numbers));
    }

    private async Task AppendAsync(VarveClient client)
    {
        await using StreamAppender appender = client.OpenAppender("logs");
        Queue<Task<AppendAck>> underWay = [];
        for (int i = 0; i < BatchCount; i++)
        {
            underWay.Enqueue(await appender.AppendAsync(Batch((long)i * BatchRows)));
            if (underWay.Count > 4)
                Note(await underWay.Dequeue());
        }

        foreach (Task<AppendAck> append in underWay)
            Note(await append);
        await appender.CompleteAsync();
    }

    private void Note(AppendAck ack) => Volatile.Write(ref _acknowledged, ack.FirstOffset + ack.RowCount);

    /// <summary>The number of rows, all of which are what was sent.</summary>
    private static async Task<long> CountAsync(VarveClient client, string check)
    {
        using SqlAnswer answer = await client.QueryAsync(check);
        List<RecordBatch> batches = [];
        await foreach (RecordBatch batch in answer.ReadAllAsync())
            batches.Add(batch);
        RecordBatch row = Assert.Single(batches);
        long count = ArrayReader.GetInt64(row.Columns[0], 0);
        Assert.Equal((count * (count - 1) / 2, 0), (ArrayReader.GetInt64(row.Columns[1], 0), ArrayReader.GetInt64(row.Columns[2], 0)));
        return count;
    }

    private static RecordBatch Batch(long first)
    {
        ArrayBuilder numbers = ArrayBuilder.Create(ArrowTypes.Int64);
        ArrayBuilder texts = ArrayBuilder.Create(ArrowTypes.Utf8);
        for (long n = first; n < first + BatchRows; n++)
        {
            numbers.AppendValue(n);
            texts.AppendValue(new string((char)('a' + (n % 26)), TextBytes));
        }

        return new RecordBatch(Columns, BatchRows, [numbers.Build(), texts.Build()]);
    }
}
