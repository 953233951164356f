using System.Diagnostics;
using System.Threading.Channels;
using Google.Protobuf.WellKnownTypes;
using Varve.Arrow;
using Varve.Arrow.Builders;
using Varve.Arrow.Values;
using Varve.Client;
using Varve.Protocol.V1;
using Varve.Testing;
using Varve.Testing.Processes;
using Xunit.Abstractions;
using Field = Varve.Arrow.Field;

namespace Varve.Crash.Tests;

/// <summary>
/// A consumer with four members, processes that are killed at random and kill themselves at a row that nobody survives, on a daemon that is killed once.
/// </summary>
public sealed class ConsumerGroupTests(ITestOutputHelper output) : IAsyncLifetime, IAsyncDisposable
{
    private const int RowCount = 100_000;
    private const int Members = 4;
    private const int Kills = 8;
    private const int DeliveriesMax = 4;
    private const long Deadly = 50_000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly long[] Refused = [7, 33_340, 66_673];
    private static readonly Schema Columns = new([new Field("n", ArrowTypes.Int64, isNullable: false)]);

    private readonly TempDirectory _directory = new("group");
    private readonly Channel<MemberReport> _reports = Channel.CreateUnbounded<MemberReport>();
    private readonly List<MemberProcess> _members = [];
    private readonly int[] _processed = new int[RowCount];
    private VarveDaemon? _daemon;
    private CuttingProxy? _proxy;
    private long _deliveredAgain;

    public async ValueTask DisposeAsync()
    {
        foreach (MemberProcess member in _members)
            await member.DisposeAsync();
        if (_daemon is not null)
            await _daemon.DisposeAsync();
        if (_proxy is not null)
            await _proxy.DisposeAsync();
        _directory.Dispose();
    }

    Task IAsyncLifetime.InitializeAsync() => Task.CompletedTask;

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    [Fact]
    public async Task Every_row_is_processed_and_acknowledged_once_or_a_dead_letter_through_random_kills()
    {
        Random random = new(TestSeed.Next(output.WriteLine));
        long startedAt = Stopwatch.GetTimestamp();
        _proxy = new CuttingProxy();
        await StartDaemonAsync();
        using VarveClient client = new(new VarveClientOptions { Endpoint = $"127.0.0.1:{_proxy.Port}" });
        await PrepareAsync(client);
        for (int i = 0; i < Members; i++)
            StartMember();

        int kills = 0;
        long nextKill = random.Next(1_000, 9_000);
        long processed = 0;
        int ends = 0;
        while (await NextAsync(client) is { } report)
        {
            if (report.IsEnd)
            {
                ends++;
                await ReplaceAsync(report.Member);
                continue;
            }

            Take(report);
            processed += report.End - report.From;
            if (kills == Kills || processed < nextKill)
                continue;
            nextKill += random.Next(1_000, 9_000);
            if (++kills == Kills / 2)
                await KillDaemonAsync();
            else
                await _members[random.Next(_members.Count)].KillAsync();
        }

        Protocol.V1.Consumer consumer = await client.DescribeConsumerAsync("work", "group");
        foreach (MemberProcess member in _members)
            await member.KillAsync();
        while (_reports.Reader.TryRead(out MemberReport report))
            Take(report);
        await JudgeAsync(client, consumer);
        output.WriteLine(
            $"{kills} kills, {ends} ends of members, {_processed.Sum()} rows processed for {RowCount}, {_deliveredAgain} of them not the first time, "
            + $"{consumer.DeadRows} dead letters, {_processed.Count(n => n == 0)} never processed, "
            + $"{Stopwatch.GetElapsedTime(startedAt).TotalSeconds:0.0} s");
    }

    private async Task JudgeAsync(VarveClient client, Protocol.V1.Consumer consumer)
    {
        Assert.Equal((RowCount, RowCount), (consumer.Offset, consumer.AcknowledgedRows + consumer.DeadRows));
        Dictionary<long, (int Deliveries, string Reason)> dead = [];
        await foreach (StreamRows rows in client.ReadAsync("dead"))
        {
            for (int i = 0; i < rows.Rows.RowCount; i++)
            {
                object? Value(string column) => ArrayReader.GetValue(rows.Rows.Columns[rows.Rows.Schema.IndexOf(column)], i);
                dead.Add((long)Value("source_offset")!, ((int)Value("deliveries")!, (string)Value("reason")!));
            }
        }

        Assert.Equal(consumer.DeadRows, dead.Count);
        Assert.All(dead.Values, letter => Assert.Equal(DeliveriesMax, letter.Deliveries));

        // The member that had a row last may have been killed, or too slow, before it could refuse it.
        Assert.All(Refused, row => Assert.Matches($"^({row} is refused|not acknowledged in time)", dead[row].Reason));
        Assert.StartsWith("not acknowledged in time", dead[Deadly].Reason, StringComparison.Ordinal);

        // Others may only be there by being with members that were killed, again and again.
        Assert.All(dead.Where(d => !Refused.Contains(d.Key)), d => Assert.StartsWith("not acknowledged in time", d.Value.Reason, StringComparison.Ordinal));
        for (int row = 0; row < RowCount; row++)
            Assert.True(_processed[row] > 0 || dead.ContainsKey(row), $"row {row} was neither processed nor given up");
        Assert.All(Refused.Append(Deadly), row => Assert.Equal(0, _processed[row]));
    }

    /// <summary>
    /// What a member says next. Null once every row is acknowledged or a dead letter: which rows come to be dead letters besides those that are refused
    /// hangs on how long members that were killed had them.
    /// </summary>
    private async Task<MemberReport?> NextAsync(VarveClient client)
    {
        long startedAt = Stopwatch.GetTimestamp();
        while (true)
        {
            using CancellationTokenSource quiet = new(TimeSpan.FromSeconds(1));
            try
            {
                return await _reports.Reader.ReadAsync(quiet.Token);
            }
            catch (OperationCanceledException)
            {
                Protocol.V1.Consumer? consumer = await TryDescribeAsync(client);
                if (consumer?.LagRows == 0)
                    return null;
                if (Stopwatch.GetElapsedTime(startedAt) > Patience)
                    throw new TimeoutException($"no member processes anything, and the consumer is {consumer}");
            }
        }
    }

    /// <summary>Null where the call meets the daemon's end.</summary>
    private static async Task<Protocol.V1.Consumer?> TryDescribeAsync(VarveClient client)
    {
        try
        {
            return await client.DescribeConsumerAsync("work", "group");
        }
        catch (VarveException e) when (e.IsUnavailable)
        {
            return null;
        }
    }

    private void Take(MemberReport report)
    {
        for (long row = report.From; row < report.End; row++)
        {
            if (_processed[row]++ > 0 || report.Delivery > 1)
                _deliveredAgain++;
        }
    }

    private static async Task PrepareAsync(VarveClient client)
    {
        await client.CreateStreamAsync("work", Columns);
        RecordBatchBuilder rows = new(Columns);
        for (long n = 0; n < RowCount; n++)
            rows.AppendRow(n);
        await client.AppendAsync("work", rows.Build());
        await client.CreateConsumerAsync("work", "group", new ConsumerSettings
        {
            AckTimeout = Duration.FromTimeSpan(TimeSpan.FromSeconds(1)),
            MaxDeliveries = DeliveriesMax,
            DeadLetterStream = "dead",
        });
    }

    private async Task StartDaemonAsync()
    {
        _daemon = await VarveDaemon.StartAsync(_directory.File("data"));
        _proxy!.Target = System.Net.IPEndPoint.Parse(_daemon.Endpoint);
    }

    private async Task KillDaemonAsync()
    {
        await _daemon!.KillAsync();
        await _daemon.DisposeAsync();
        await StartDaemonAsync();
    }

    private void StartMember() => _members.Add(new MemberProcess(
        _reports.Writer,
        $"127.0.0.1:{_proxy!.Port}",
        "work",
        "group",
        Deadly.ToString(System.Globalization.CultureInfo.InvariantCulture),
        string.Join(',', Refused)));

    private async Task ReplaceAsync(MemberProcess member)
    {
        string errors = await member.ErrorsAsync();
        if (errors.Length > 0)
            throw new InvalidOperationException($"a member failed: {errors}");
        _members.Remove(member);
        await member.DisposeAsync();
        StartMember();
    }
}
