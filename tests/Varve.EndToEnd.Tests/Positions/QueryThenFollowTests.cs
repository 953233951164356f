using Varve.Arrow;
using Varve.Arrow.Builders;
using Varve.Arrow.Values;
using Varve.Client;
using Varve.EndToEnd.Tests.CommandLine;
using Varve.Testing;
using Varve.Testing.Processes;
using Xunit.Abstractions;

namespace Varve.EndToEnd.Tests.Positions;

/// <summary>An answer and what follows from its position are the stream: no row is missing and none comes twice.</summary>
public sealed class QueryThenFollowTests(SharedDaemon shared, ITestOutputHelper output) : IClassFixture<SharedDaemon>
{
    private const int RoundCount = 100;
    private const int ReaderCount = 4;
    private const int WriterCount = 4;

    private static readonly Schema Columns = new([new Field("n", ArrowTypes.Int64)]);
    private static readonly string[] Streams = ["first", "second"];

    [Fact]
    public async Task An_answer_and_what_follows_it_are_the_stream_while_others_append()
    {
        int seed = TestSeed.Next(output.WriteLine);
        using var client = new VarveClient(new VarveClientOptions { Endpoint = shared.Daemon.Endpoint });
        foreach (string stream in Streams)
            await client.CreateStreamAsync(stream, Columns);
        using var stop = new CancellationTokenSource();
        Task[] writers = [.. Enumerable.Range(0, WriterCount).Select(i => Task.Run(() => WriteAsync(client, new Random(seed + i), stop.Token)))];
        FollowRound[] rounds = [.. Enumerable.Range(0, RoundCount).Select(i => new FollowRound(new Random(seed + WriterCount + i), Streams))];
        await Task.WhenAll(Enumerable.Range(0, ReaderCount).Select(reader => Task.Run(async () =>
        {
            using var own = new VarveClient(new VarveClientOptions { Endpoint = shared.Daemon.Endpoint });
            for (int i = reader; i < RoundCount; i += ReaderCount)
                await rounds[i].RunAsync(own);
        })));
        await stop.CancelAsync();
        await Task.WhenAll(writers);

        Dictionary<string, List<long>> streams = [];
        foreach (string stream in Streams)
        {
            List<long> values = streams[stream] = [];
            await foreach (StreamRows rows in client.ReadAsync(stream))
                values.AddRange(Enumerable.Range(0, rows.Rows.RowCount).Select(i => ArrayReader.GetInt64(rows.Rows.Columns[0], i)));
        }

        foreach (FollowRound round in rounds)
            round.Check(streams);
        output.WriteLine($"{streams.Values.Sum(v => v.Count)} rows; {rounds.Sum(r => r.FollowedRowCount)} followed over {rounds.Sum(r => r.CallCount)} calls");
    }

    [Fact]
    public async Task The_command_line_goes_on_from_an_answer()
    {
        VarveDaemon daemon = shared.Daemon;
        using var client = new VarveClient(new VarveClientOptions { Endpoint = daemon.Endpoint });
        await client.CreateStreamAsync("told", Columns);
        await client.AppendAsync("told", new RecordBatchBuilder(Columns).AppendRow(1L).AppendRow(2L).Build());
        VarveResult answer = await daemon.RunAsync("query", "select sum(n)::bigint as s from told", "--json", "--show-position");
        Assert.Equal((0, "{\"s\":3}\n"), (answer.ExitCode, answer.Output));
        string position = answer.Errors.Trim()["position ".Length..];
        await client.AppendAsync("told", new RecordBatchBuilder(Columns).AppendRow(3L).AppendRow(4L).AppendRow(6L).Build());

        VarveResult rest = await daemon.RunAsync("tail", "told", "--after-position", position, "--where", "n % 2 = 0", "--columns", "n", "--json");
        Assert.Equal((0, "{\"n\":4}\n{\"n\":6}\n"), (rest.ExitCode, rest.Output));
        VarveResult then = await daemon.RunAsync("query", "select sum(n)::bigint as s from told", "--json", "--as-of-position", position);
        Assert.Equal((0, "{\"s\":3}\n"), (then.ExitCode, then.Output));
        VarveResult refused = await daemon.RunAsync("query", "select * from told", "--as-of-offset", "told=99");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("cannot read stream 'told' as of offset 99", refused.Errors, StringComparison.Ordinal);
    }

    private static async Task WriteAsync(VarveClient client, Random random, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var builder = new RecordBatchBuilder(Columns);
            for (int i = random.Next(1, 8); i > 0; i--)
                builder.AppendRow(random.NextInt64(1_000));
            await client.AppendAsync(Streams[random.Next(Streams.Length)], builder.Build(), CancellationToken.None);
        }
    }
}
