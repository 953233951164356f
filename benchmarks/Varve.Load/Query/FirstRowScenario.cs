using System.Globalization;
using Varve.Arrow;
using Varve.Benchmarks;
using Varve.Client;
using Varve.Testing.Processes;

namespace Varve.Load.Query;

/// <summary>
/// How long after the call the first rows of a statement that asks for everything are there: from a daemon of its own, while its rows are partly in
/// the tail, and when all of them are in segments. Fails where half of the calls take longer than the limit.
/// </summary>
internal sealed class FirstRowScenario : IScenario
{
    private const string Stream = "flights";

    private static readonly string Flights = SharedFolder.File("data", "flights", "flights-3m.parquet");

    private readonly TimeProvider _time = TimeProvider.System;

    public string Name => "first-row";

    public string Summary => "the first rows of select * from flights: file=../shared/data/flights/flights-3m.parquet rounds=200 limit=50 (ms)";

    public async Task RunAsync(LoadArguments arguments)
    {
        string directory = Directory.CreateTempSubdirectory("varve-load-").FullName;
        try
        {
            await using VarveDaemon daemon = await VarveDaemon.StartAsync(directory);
            await VarveAsync(daemon, "append", Stream, arguments.Text("file", Flights));
            using var client = new VarveClient(new VarveClientOptions { Endpoint = daemon.Endpoint });
            int rounds = arguments.Number("rounds", 200);
            double limit = arguments.Number("limit", 50);
            await MeasureAsync(client, rounds, limit, "as appended");
            await client.FlushStreamAsync(Stream);
            await MeasureAsync(client, rounds, limit, "all in segments");
            Console.WriteLine("held");
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task VarveAsync(VarveDaemon daemon, params string[] arguments)
    {
        VarveResult result = await VarveProgram.RunAsync([.. arguments, "--endpoint", daemon.Endpoint]);
        if (result.ExitCode != 0)
            throw new ScenarioFailedException(result.Errors);
    }

    private async Task MeasureAsync(VarveClient client, int rounds, double limitMs, string state)
    {
        // The first is for the compiler.
        List<double> milliseconds = [];
        for (int i = -1; i < rounds; i++)
        {
            long started = _time.GetTimestamp();
            int rows = await FirstRowsAsync(client);
            if (rows == 0)
                throw new ScenarioFailedException("the first batch is empty");
            if (i >= 0)
                milliseconds.Add(_time.GetElapsedTime(started).TotalMilliseconds);
        }

        milliseconds.Sort();
        double median = milliseconds[milliseconds.Count / 2];
        double rare = milliseconds[(int)((milliseconds.Count - 1) * 0.99)];
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{state}: first rows after {median:F1} ms, p99 {rare:F1} ms, longest {milliseconds[^1]:F1} ms"));
        if (median > limitMs)
            throw new ScenarioFailedException(string.Create(CultureInfo.InvariantCulture, $"{state}: median {median:F1} ms, limit {limitMs:F0} ms"));
    }

    private static async Task<int> FirstRowsAsync(VarveClient client)
    {
        using SqlAnswer answer = await client.QueryAsync($"select * from {Stream}");
        await foreach (RecordBatch batch in answer.ReadAllAsync())
            return batch.RowCount;
        return 0;
    }
}
