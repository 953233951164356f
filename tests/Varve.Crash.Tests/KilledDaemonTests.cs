using System.Collections.Concurrent;
using Varve.Arrow;
using Varve.Arrow.Values;
using Varve.Client;
using Varve.Crash.Writer;
using Varve.Testing;
using Varve.Testing.Processes;
using Xunit.Abstractions;

namespace Varve.Crash.Tests;

/// <summary>The whole daemon, killed for real (kill -9) while clients append over gRPC; what it told them is compared with what it holds after the next start.</summary>
public class KilledDaemonTests(ITestOutputHelper output)
{
    private const int WriterCount = 8;
    private const int UnansweredCount = 4;
    private const string Stream = "s";

    [Fact]
    public async Task Acknowledged_rows_survive_kill_9_of_the_daemon_in_order_and_once_and_no_batch_is_torn()
    {
        int seed = TestSeed.Next(output.WriteLine);
        Random random = new(seed);
        int acknowledged = 0;
        for (int round = 0; round < KillRounds.OfDaemons;)
        {
            using TempDirectory directory = new("killed-daemon");
            CrashCheck check = new(Stream);
            IReadOnlyCollection<Acknowledged> told = [];
            for (int life = 0; life <= KillRounds.PerDirectory && round < KillRounds.OfDaemons; life++)
            {
                await using VarveDaemon daemon = await VarveDaemon.StartAsync(directory.File("data"));
                using var client = new VarveClient(new VarveClientOptions { Endpoint = daemon.Endpoint });
                await client.CreateStreamAsync(Stream, CrashRows.Schema, ifNotExists: true);
                check.Judge(await ReadAsync(client), told, WriterCount * UnansweredCount);
                if (life == KillRounds.PerDirectory)
                    break;
                told = await LiveAsync(daemon, client, random, firstBatch: life * 1_000_000);
                acknowledged += told.Count;
                round++;
            }
        }

        output.WriteLine($"{KillRounds.OfDaemons} kills, {acknowledged} appends acknowledged");
        Assert.True(acknowledged > KillRounds.OfDaemons, "hardly anything was written between the kills");
    }

    private static async Task<IReadOnlyCollection<Acknowledged>> LiveAsync(VarveDaemon daemon, VarveClient client, Random random, int firstBatch)
    {
        var told = new ConcurrentQueue<Acknowledged>();
        int seed = random.Next();
        Task[] writers = [.. Enumerable.Range(0, WriterCount).Select(w => Task.Run(() => WriteAsync(client, w, firstBatch, new Random(seed + w), told)))];
        await Task.Delay(random.Next(50, 400));
        await daemon.KillAsync();
        await Task.WhenAll(writers);
        return told;
    }

    /// <summary>Appends with some unanswered until the daemon is gone.</summary>
    private static async Task WriteAsync(VarveClient client, int writer, int firstBatch, Random random, ConcurrentQueue<Acknowledged> told)
    {
        var waiting = new Queue<(int Batch, Task<AppendAck> Ack)>();
        await using StreamAppender appender = client.OpenAppender(Stream);
        try
        {
            for (int batch = firstBatch; ; batch++)
            {
                if (waiting.Count == UnansweredCount)
                    await TakeAsync();
                waiting.Enqueue((batch, await appender.AppendAsync(CrashRows.Batch(writer, batch, random.Next(1, 20), random.Next(20, 200)))));
            }
        }
        catch (VarveException)
        {
            while (waiting.Count > 0 && waiting.Peek().Ack.IsCompletedSuccessfully)
                await TakeAsync();
        }

        async Task TakeAsync()
        {
            (int batch, Task<AppendAck> ack) = waiting.Peek();
            AppendAck answer = await ack;
            waiting.Dequeue();
            told.Enqueue(new Acknowledged(Stream, writer, batch, answer.FirstOffset, (int)answer.RowCount));
        }
    }

    /// <summary>All rows by Read, which SQL must count too.</summary>
    private static async Task<IReadOnlyList<StoredRows>> ReadAsync(VarveClient client)
    {
        var rows = new List<StoredRows>();
        await foreach (StreamRows read in client.ReadAsync(Stream))
            rows.Add(new StoredRows(read.FirstOffset, read.Rows.RowCount, read.Rows.Columns));
        using SqlAnswer answer = await client.QueryAsync($"select count(*), count(distinct _offset), coalesce(max(_offset) + 1, 0) from {Stream}");
        await foreach (RecordBatch batch in answer.ReadAllAsync())
            Assert.All(batch.Columns, c => Assert.Equal(rows.Sum(r => (long)r.RowCount), ArrayReader.GetInt64(c, 0)));
        return rows;
    }
}
