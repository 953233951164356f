using Varve.Arrow;
using Varve.Arrow.Values;
using Varve.Benchmarks.Query;
using Varve.Client;
using Varve.Protocol.V1;

namespace Varve.Load.Memory;

/// <summary>
/// Queries while rows come in: each sees every row that was acknowledged before it, without a gap; between them, one of the benchmark's statements.
/// One at a time.
/// </summary>
internal sealed class LiveQueries(VarveClient client, Func<long> acknowledgedRowCount, Func<long> sentRowCount, TimeProvider time)
{
    private const string Check = "select count(*), coalesce(max(\"offset\") + 1, 0), coalesce(sum(\"offset\"), 0)::hugeint::varchar from telemetry";

    private readonly (string Name, string Sql)[] _statements = [.. BenchmarkSql.Statements()];

    public int CheckCount { get; private set; }

    public int StatementCount { get; private set; }

    /// <summary>Statements that need more memory than queries have here, such as exact percentiles of all rows.</summary>
    public int RefusedCount { get; private set; }

    public TimeSpan LongestCheck { get; private set; }

    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await CheckAsync();
            await RunOneAsync(_statements[StatementCount % _statements.Length]);
        }
    }

    /// <exception cref="ScenarioFailedException">Rows are missing, doubled or not there yet.</exception>
    public async Task CheckAsync()
    {
        long acknowledged = acknowledgedRowCount();
        long start = time.GetTimestamp();
        using SqlAnswer answer = await client.QueryAsync(Check);
        await foreach (RecordBatch batch in answer.ReadAllAsync())
        {
            long count = ArrayReader.GetInt64(batch.Columns[0], 0);
            long end = ArrayReader.GetInt64(batch.Columns[1], 0);
            string sum = ArrayReader.Format(batch.Columns[2], 0);
            if (count < acknowledged || count > sentRowCount())
                throw new ScenarioFailedException($"{acknowledged} rows were acknowledged before a query, which saw {count}");
            if (end != count || sum != ((Int128)count * (count - 1) / 2).ToString())
                throw new ScenarioFailedException($"a query saw {count} rows that end at {end} and sum up to {sum}: some are missing or doubled");
        }

        TimeSpan took = time.GetElapsedTime(start);
        if (took > LongestCheck)
            LongestCheck = took;
        CheckCount++;
    }

    private async Task RunOneAsync((string Name, string Sql) statement)
    {
        StatementCount++;
        try
        {
            using SqlAnswer answer = await client.QueryAsync(statement.Sql);
            await foreach (RecordBatch _ in answer.ReadAllAsync())
            {
            }
        }
        catch (VarveException e) when (e.Code == ErrorCode.SqlOutOfMemory)
        {
            RefusedCount++;
        }
        catch (VarveException e)
        {
            throw new ScenarioFailedException($"{statement.Name}: {e.Message}");
        }
    }
}
