using System.Globalization;
using Spectre.Console;
using Varve.Arrow;
using Varve.Arrow.Values;
using Varve.Cli.Output;
using Varve.Client;

namespace Varve.Cli.Demo;

/// <summary>Streams this machine's metrics into the daemon and queries them while they grow.</summary>
internal sealed class MachineDemo(VarveClient client, TimeProvider time)
{
    private static readonly TimeSpan SampleEvery = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan QueryEvery = TimeSpan.FromSeconds(2);

    private long _acknowledgedRows;
    private long _batches;

    public async Task RunAsync(TimeSpan duration, CancellationToken cancellation)
    {
        Heading.Print($"Sampling this machine's /proc into {MachineStream.All.Count} streams for {duration.TotalSeconds:0} seconds, every {SampleEvery.TotalMilliseconds:0} ms");
        foreach ((string name, Schema schema) in MachineStream.All)
            await client.CreateStreamAsync(name, schema, ifNotExists: true, cancellation);
        using var sampling = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task sampler = SampleAsync(sampling.Token, cancellation);
        await WatchAsync(duration, sampler, cancellation);
        await sampling.CancelAsync();
        await sampler;
        await ShowAsync(cancellation);
    }

    private async Task SampleAsync(CancellationToken stop, CancellationToken cancellation)
    {
        Dictionary<string, StreamAppender> appenders = MachineStream.All.Keys.ToDictionary(
            s => s, s => client.OpenAppender(s, cancellation: cancellation));
        try
        {
            var sampler = new MachineSampler(time);
            using var timer = new PeriodicTimer(SampleEvery, time);
            while (!stop.IsCancellationRequested)
            {
                foreach ((string stream, RecordBatch rows) in sampler.Sample())
                {
                    if (rows.RowCount == 0)
                        continue;
                    await await appenders[stream].AppendAsync(rows);
                    Interlocked.Add(ref _acknowledgedRows, rows.RowCount);
                    _batches++;
                }

                await timer.WaitForNextTickAsync(cancellation);
            }

            foreach (StreamAppender appender in appenders.Values)
                await appender.CompleteAsync();
        }
        finally
        {
            foreach (StreamAppender appender in appenders.Values)
                await appender.DisposeAsync();
        }
    }

    /// <summary>Shows that what is acknowledged is in SQL at once: the count asked for after an acknowledgement is never below it.</summary>
    private async Task WatchAsync(TimeSpan duration, Task sampler, CancellationToken cancellation)
    {
        const string Sql = "select (select count(*) from \"machine.cpu\") + (select count(*) from \"machine.memory\") + (select count(*) from \"machine.disk\")"
            + " + (select count(*) from \"machine.network\") + (select count(*) from \"machine.processes\")";
        long start = time.GetTimestamp();
        using var timer = new PeriodicTimer(QueryEvery, time);
        while (time.GetElapsedTime(start) < duration && !sampler.IsCompleted)
        {
            await timer.WaitForNextTickAsync(cancellation);
            long acknowledged = Interlocked.Read(ref _acknowledgedRows);
            long asked = time.GetTimestamp();
            long seen = await DemoSql.NumberAsync(client, Sql, cancellation);
            if (seen < acknowledged)
                throw new InvalidOperationException($"{acknowledged} rows were acknowledged and SQL saw {seen}");
            Console.WriteLine($"  {time.GetElapsedTime(start).TotalSeconds,5:0.0} s   {acknowledged,8:N0} rows acknowledged   {seen,8:N0} seen by SQL in {Quantity.Duration(time.GetElapsedTime(asked))}");
        }
    }

    private async Task ShowAsync(CancellationToken cancellation)
    {
        Console.WriteLine($"  {_acknowledgedRows:N0} rows in {_batches:N0} durable appends");
        Heading.Print("The busiest processes meanwhile");
        const string Top = "select name, count(distinct pid) as processes, round(sum(cpu_percent) / count(distinct ts), 1) as cpu_percent, max(threads) as threads,"
            + " max(resident_bytes) // 1048576 as resident_mib from \"machine.processes\" group by name order by cpu_percent desc, resident_mib desc limit 8";
        await DemoSql.PrintAsync(client, Top, cancellation);
        Heading.Print("How busy the processors were");
        await ChartAsync(cancellation);
    }

    private async Task ChartAsync(CancellationToken cancellation)
    {
        const string Sql = "select strftime(time_bucket(interval '1 second', ts), '%H:%M:%S') as second, round(avg(busy_percent), 1) as busy"
            + " from \"machine.cpu\" group by 1 order by 1";
        Heading.PrintSql(Sql);
        var chart = new BarChart { Width = 72, MaxValue = 100 };
        using SqlAnswer answer = await client.QueryAsync(Sql, cancellation);
        await foreach (RecordBatch batch in answer.ReadAllAsync(cancellation))
        {
            for (int row = 0; row < batch.RowCount; row++)
            {
                double busy = ArrayReader.GetDouble(batch.Columns[1], row);
                chart.AddItem(ArrayReader.GetString(batch.Columns[0], row), busy, busy < 50 ? Color.Green : busy < 85 ? Color.Yellow : Color.Red);
            }
        }

        chart.UseValueFormatter(v => v.ToString("0.0", CultureInfo.InvariantCulture) + " %");
        AnsiConsole.Write(chart);
    }
}
