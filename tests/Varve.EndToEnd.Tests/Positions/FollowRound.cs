using Varve.Arrow;
using Varve.Arrow.Values;
using Varve.Client;

namespace Varve.EndToEnd.Tests.Positions;

/// <summary>
/// One client that takes an answer over one or two streams, follows them from its position, breaks off, and goes on where it stopped, some times.
/// Checked when the streams are known.
/// </summary>
internal sealed class FollowRound
{
    private readonly Random _random;
    private readonly string[] _streams;
    private readonly int _divisor;
    private readonly Dictionary<string, List<(long Offset, long Value)>> _seen = [];
    private readonly Dictionary<string, long> _next = [];

    public FollowRound(Random random, string[] streams)
    {
        _random = random;
        _streams = random.Next(2) == 0 ? streams : [streams[random.Next(streams.Length)]];
        _divisor = random.Next(1, 4);
    }

    public int CallCount { get; private set; }

    public int FollowedRowCount { get; private set; }

    private string Condition => $"n % {_divisor} = 0";

    public async Task RunAsync(VarveClient client)
    {
        string sql = string.Join(" union all ", _streams.Select(s => $"select '{s}' as stream, _offset, n from {s} where {Condition}"));
        using SqlAnswer answer = await client.QueryAsync(sql);
        foreach (string stream in _streams)
            _seen[stream] = [];
        await foreach (RecordBatch batch in answer.ReadAllAsync())
        {
            for (int i = 0; i < batch.RowCount; i++)
                _seen[ArrayReader.Format(batch.Columns[0], i)].Add((ArrayReader.GetInt64(batch.Columns[1], i), ArrayReader.GetInt64(batch.Columns[2], i)));
        }

        foreach (string stream in _streams)
        {
            _seen[stream].Sort();
            await FollowAsync(client, stream, new ReadOptions { AfterPosition = answer.Position });
            for (int i = _random.Next(4); i > 0; i--)
                await FollowAsync(client, stream, new ReadOptions { FromOffset = _next[stream] });
        }
    }

    /// <param name="values">All values of each stream, by their offsets.</param>
    public void Check(IReadOnlyDictionary<string, List<long>> values)
    {
        foreach (string stream in _streams)
        {
            IEnumerable<(long, long)> expected = values[stream].Take((int)_next[stream]).Select((v, i) => ((long)i, v)).Where(r => r.v % _divisor == 0);
            Assert.Equal(expected, _seen[stream]);
        }
    }

    private async Task FollowAsync(VarveClient client, string stream, ReadOptions start)
    {
        ReadOptions options = start with { Follow = true, Columns = ["_offset", "n"], Filter = _divisor == 1 ? null : Condition };
        CallCount++;
        int wanted = _random.Next(1, 40);
        await foreach (StreamRows rows in client.ReadAsync(stream, options))
        {
            for (int i = 0; i < rows.Rows.RowCount; i++)
                _seen[stream].Add((ArrayReader.GetInt64(rows.Rows.Columns[0], i), ArrayReader.GetInt64(rows.Rows.Columns[1], i)));
            _next[stream] = rows.NextOffset;
            FollowedRowCount += rows.Rows.RowCount;
            wanted -= rows.Rows.RowCount;
            if (wanted <= 0)
                break;
        }
    }
}
