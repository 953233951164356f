using System.Diagnostics;
using Varve.Arrow;
using Varve.Client;
using Varve.Testing;
using Varve.Testing.Processes;
using Xunit.Abstractions;

namespace Varve.EndToEnd.Tests.RealData;

/// <summary>Real files appended by the command line to a real daemon: SQL over Flight SQL answers as DuckDB does that reads the files itself.</summary>
public sealed class RealDataTests(ITestOutputHelper output) : IDisposable
{
    private readonly TempDirectory _directory = new("real-data");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Flights_from_parquet_answer_as_in_DuckDB()
    {
        string file = RepositoryRoot.Data("flights", "flights-3m.parquet");
        await CompareAsync(
            [file],
            $"read_parquet('{file}')",
            "select count(*), sum(delay), min(date), max(date) from {t}",
            "select count(*) from {t} where delay > 60 and origin = 'ORD' and distance between 500 and 1000",
            "select origin, count(*) as n, avg(delay) as d from {t} group by origin order by n desc, origin",
            "select date_trunc('day', date) as d, count(*) as n, max(delay) as m from {t} group by 1 order by 1",
            "select origin, destination, count(*) as n from {t} group by all order by n desc, origin, destination limit 25",
            "select count(distinct origin), count(distinct destination), count(distinct (origin, destination)) from {t}",
            "select count(*) from {t} a join {t} b on a.origin = b.destination and a.date = b.date and a.destination = b.origin",
            "select * from (select origin, date, delay, row_number() over (partition by origin order by delay desc, date, destination, distance) as r from {t}) where r <= 2 order by origin, r",
            "select destination, min(distance), max(distance), min(delay), max(delay) from {t} group by 1 order by 1",
            "select date, origin, destination, delay, distance from {t} order by date, origin, destination, delay, distance limit 100 offset 1234567");
    }

    [Fact]
    public async Task Series_of_NAB_from_csv_answer_as_in_DuckDB()
    {
        string[] files = Unpack("nab", "nab.tar.zst");
        Assert.Equal(58, files.Length);
        await CompareAsync(
            files,
            ReadCsv(files),
            "select count(*), sum(round(value * 1000)::hugeint), min(timestamp), max(timestamp) from {t}",
            "select count(*) from {t} where value > 50 and timestamp >= timestamp '2014-04-01'",
            "select floor(log10(abs(value) + 1)) as magnitude, count(*) as n from {t} group by 1 order by 1",
            "select date_trunc('month', timestamp) as m, count(*) as n, max(value) as v from {t} group by 1 order by 1",
            "select timestamp, value from {t} order by value desc, timestamp limit 50",
            "select count(distinct value), count(distinct timestamp) from {t}",
            "select count(*) from (select distinct timestamp from {t}) a join (select distinct timestamp from {t}) b on a.timestamp = b.timestamp + interval 5 minute",
            "select * from (select timestamp, value, lag(value) over (order by timestamp, value) as p from {t} where timestamp < timestamp '2013-12-10') order by timestamp, value limit 500",
            "select hour(timestamp) as h, min(value), max(value) from {t} group by 1 order by 1",
            "select timestamp, value from {t} order by timestamp, value limit 100 offset 200000");
    }

    [Fact]
    public async Task Series_of_Azure_from_csv_answer_as_in_DuckDB()
    {
        string[] files = Unpack("azure-vm-noise", "PostgreSQL.tar.zst");
        await CompareAsync(
            files,
            ReadCsv(files),
            "select count(*), sum(round(value * 1000)::hugeint), min(starttime), max(starttime) from {t}",
            "select count(*) from {t} where value > 1000 and runtime < 600",
            "select VM_id, count(*) as n, max(value) as m from {t} group by 1 order by n desc, VM_id limit 50",
            "select date_trunc('week', starttime) as w, count(*) as n, min(runtime) from {t} group by 1 order by 1",
            "select value, runtime, starttime, VM_id from {t} order by value desc, starttime, VM_id, runtime limit 30",
            "select count(distinct VM_id), count(distinct starttime), count(distinct value) from {t}",
            "select count(*) from (select VM_id, max(starttime) s from {t} group by 1) a join {t} b on a.VM_id = b.VM_id and a.s = b.starttime",
            "select * from (select VM_id, starttime, value, row_number() over (partition by VM_id order by starttime, value, runtime) as r from {t} where VM_id < 50) where r <= 3 order by VM_id, r",
            "select VM_id % 10 as k, min(value), max(value), min(runtime), max(runtime) from {t} group by 1 order by 1",
            "select starttime, VM_id, value, runtime from {t} order by starttime, VM_id, value, runtime limit 100 offset 777777");
    }

    [Fact]
    public async Task Inference_traces_keep_their_hundred_nanoseconds()
    {
        foreach (string name in (string[])["code", "conv"])
        {
            string file = RepositoryRoot.Data("azure-vm-noise", $"AzureLLMInferenceTrace_{name}.csv");
            await CompareAsync(
                [file],
                ReadCsv([file]),
                "select count(*), sum(ContextTokens), sum(GeneratedTokens), min(\"TIMESTAMP\"), max(\"TIMESTAMP\") from {t}",
                "select * from {t} order by \"TIMESTAMP\", ContextTokens, GeneratedTokens");
        }
    }

    private async Task CompareAsync(string[] files, string source, params string[] queries)
    {
        await using VarveDaemon daemon = await VarveDaemon.StartAsync(_directory.File("data"));
        (await daemon.RunAsync(["append", "given", .. files, "--json"])).Successful();
        using var client = new VarveClient(new VarveClientOptions { Endpoint = daemon.Endpoint });
        string columns = string.Join(", ", (await client.DescribeStreamAsync("given")).Schema.Columns_.Select(c => $"\"{c.Name}\""));
        using var direct = new DirectDuckDb();
        direct.Execute($"create table given as select * from {source}");
        foreach (string query in queries)
        {
            string ours = query.Replace("{t}", $"(select {columns} from given)", StringComparison.Ordinal);
            (Schema schema, IReadOnlyList<string> expected) = direct.Query(query.Replace("{t}", "given", StringComparison.Ordinal));
            using SqlAnswer answer = await client.QueryAsync(ours);
            var found = new List<string>();
            await foreach (RecordBatch batch in answer.ReadAllAsync())
                found.AddRange(RowText.Of(batch));
            Assert.Equal(schema.ToString(), answer.Schema.ToString());
            Assert.NotEmpty(expected);
            Assert.Equal(expected, found);
            output.WriteLine($"{expected.Count} rows equal: {query}");
        }

        await daemon.KillAsync();
        Directory.Delete(_directory.File("data"), recursive: true);
    }

    private string[] Unpack(params string[] archive)
    {
        using Process? tar = Process.Start("tar", ["--zstd", "-xf", RepositoryRoot.Data(archive), "-C", _directory.Path]);
        tar!.WaitForExit();
        Assert.Equal(0, tar.ExitCode);
        // A file with nothing but its header tells no types: it comes after those that do.
        return [.. Directory.EnumerateFiles(_directory.Path, "*.csv", SearchOption.AllDirectories)
            .OrderBy(f => File.ReadLines(f).Take(2).Count() < 2).ThenBy(f => f, StringComparer.Ordinal)];
    }

    private static string ReadCsv(string[] files) =>
        $"read_csv([{string.Join(", ", files.Select(f => $"'{f}'"))}], sample_size = -1, hive_partitioning = false)";
}
