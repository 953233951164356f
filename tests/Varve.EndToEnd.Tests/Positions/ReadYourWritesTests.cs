using Varve.Arrow;
using Varve.Arrow.Builders;
using Varve.Arrow.Values;
using Varve.Client;
using Varve.EndToEnd.Tests.CommandLine;
using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.EndToEnd.Tests.Positions;

/// <summary>A query that names a position sees every row at or before it, whoever wrote it and over whichever connection.</summary>
public sealed class ReadYourWritesTests(SharedDaemon shared, ITestOutputHelper output) : IClassFixture<SharedDaemon>
{
    private const int OperationCount = 10_000;
    private const int ConnectionCount = 8;

    private static readonly string[] Streams = ["a", "b", "c"];
    private static readonly Schema Columns = new([new Field("n", ArrowTypes.Int64)]);

    private readonly AckedRows _acked = new();

    [Fact]
    public async Task No_query_that_names_a_position_misses_a_row_at_or_before_it()
    {
        int seed = TestSeed.Next(output.WriteLine);
        using (var client = new VarveClient(new VarveClientOptions { Endpoint = shared.Daemon.Endpoint }))
        {
            foreach (string stream in Streams)
                await client.CreateStreamAsync(stream, Columns);
        }

        int[] queries = await Task.WhenAll(Enumerable.Range(0, ConnectionCount).Select(i => Task.Run(() => RunAsync(new Random(seed + i)))));
        output.WriteLine($"{queries.Sum()} queries, {OperationCount - queries.Sum()} appends, position {_acked.Newest}");
        Assert.InRange(queries.Sum(), OperationCount / 4, OperationCount * 3 / 4);
    }

    /// <summary>One connection: random appends, and queries at positions that any connection was told.</summary>
    private async Task<int> RunAsync(Random random)
    {
        using var client = new VarveClient(new VarveClientOptions { Endpoint = shared.Daemon.Endpoint });
        int queries = 0;
        for (int i = 0; i < OperationCount / ConnectionCount; i++)
        {
            string stream = Streams[random.Next(Streams.Length)];
            if (_acked.Newest == 0 || random.Next(2) == 0)
            {
                await AppendAsync(client, stream, random.Next(1, 20));
                continue;
            }

            queries++;
            long position = _acked.Any(random);
            if (random.Next(10) > 0)
            {
                await QueryAsync(client, stream, position);
                continue;
            }

            // A position that nobody has reached: the query waits for the append that comes behind it.
            Task early = QueryAsync(client, stream, _acked.Newest + 1);
            i++;
            await AppendAsync(client, stream, 1);
            await early;
        }

        return queries;
    }

    private async Task AppendAsync(VarveClient client, string stream, int rowCount)
    {
        var builder = new RecordBatchBuilder(Columns);
        for (int i = 0; i < rowCount; i++)
            builder.AppendRow((long)i);
        AppendAck ack = await client.AppendAsync(stream, builder.Build());
        _acked.Add(stream, ack.Position, ack.FirstOffset + ack.RowCount);
    }

    private async Task QueryAsync(VarveClient client, string stream, long position)
    {
        long least = _acked.EndAt(stream, position);
        using SqlAnswer answer = await client.QueryAsync(
            $"select count(*), coalesce(max(_offset), -1)::bigint from {stream}", new ViewOptions { MinPosition = position });
        RecordBatch row = await answer.ReadAllAsync().SingleAsync();
        long count = ArrayReader.GetInt64(row.Columns[0], 0);
        Assert.True(count >= least, $"{count} rows of '{stream}' at position {answer.Position}, {least} were acknowledged at or before {position}");
        Assert.Equal(count - 1, ArrayReader.GetInt64(row.Columns[1], 0));
        Assert.True(answer.Position >= position);
    }
}
