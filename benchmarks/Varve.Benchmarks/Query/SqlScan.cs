using System.Diagnostics;
using System.Globalization;
using Varve.Query;
using Varve.Storage;

namespace Varve.Benchmarks.Query;

/// <summary>
/// sql-scan [rows] [repetitions] [names]: the statements of ../shared/bench over a stream whose rows are in the tail, next to DuckDB's own
/// in-memory table of the same rows in the same process. Runs alternate; times are medians, the statement's last batch included.
/// </summary>
internal static class SqlScan
{
    public const string Name = "sql-scan";

    private const string Table = "telemetry";

    public static async Task<int> RunAsync(string[] args)
    {
        long rows = args.Length > 0 ? long.Parse(args[0], CultureInfo.InvariantCulture) : 10_000_000;
        int repetitions = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 7;
        HashSet<string> names = [.. args.Skip(2)];
        int threads = Environment.ProcessorCount;
        string directory = Directory.CreateTempSubdirectory("varve-sql-scan-").FullName;
        try
        {
            using var native = new NativeTable(threads);
            var storage = await StorageEngine.OpenAsync(new StorageOptions { Directory = directory }).ConfigureAwait(false);
            await using (storage.ConfigureAwait(false))
            {
                await FillAsync(native, storage, rows).ConfigureAwait(false);
                using var engine = new QueryEngine(storage, new QueryOptions { ThreadCount = threads, MemoryLimitBytes = 8L << 30 });
                await CompareAsync(native, engine, repetitions, names).ConfigureAwait(false);
            }
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }

        return 0;
    }

    private static async Task FillAsync(NativeTable native, StorageEngine storage, long rows)
    {
        long began = Stopwatch.GetTimestamp();
        native.Execute(BenchmarkSql.CreateTable(Table, rows));
        Console.WriteLine($"made {rows:N0} rows in {Stopwatch.GetElapsedTime(began).TotalSeconds:F1} s");
        began = Stopwatch.GetTimestamp();
        await native.CopyAsync(Table, storage).ConfigureAwait(false);
        double seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        Console.WriteLine($"appended them in {seconds:F1} s, {storage.Describe(Table).TailBytes >> 20:N0} MiB in the tail");
    }

    private static async Task CompareAsync(NativeTable native, QueryEngine engine, int repetitions, HashSet<string> names)
    {
        Console.WriteLine("statement                                 table ms  stream ms  ratio   table CPU ms  stream CPU ms  ratio       rows");
        List<double> ratios = [];
        foreach ((string name, string sql) in BenchmarkSql.Statements())
        {
            if (names.Count > 0 && !names.Contains(name[..3]))
                continue;
            List<QueryRun> tables = [];
            List<QueryRun> streams = [];
            for (int i = 0; i < repetitions; i++)
            {
                tables.Add(await QueryRun.MeasureAsync(() => Task.FromResult(native.Read(sql).Sum(b => (long)b.RowCount))).ConfigureAwait(false));
                streams.Add(await QueryRun.MeasureAsync(() => engine.CountRowsAsync(sql)).ConfigureAwait(false));
            }

            if (tables[0].Rows != streams[0].Rows)
                throw new InvalidOperationException($"{name}: {tables[0].Rows} rows from the table, {streams[0].Rows} from the stream");
            ratios.Add(Print(name, tables, streams));
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"median ratio {QueryRun.Median(ratios):F2}"));
    }

    private static double Print(string name, List<QueryRun> tables, List<QueryRun> streams)
    {
        double table = QueryRun.Median(tables.Select(r => r.WallMs));
        double stream = QueryRun.Median(streams.Select(r => r.WallMs));
        double tableCpu = QueryRun.Median(tables.Select(r => r.CpuMs));
        double streamCpu = QueryRun.Median(streams.Select(r => r.CpuMs));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{name,-40} {table,9:F1} {stream,10:F1} {stream / table,6:F2} "
            + $"{tableCpu,14:F1} {streamCpu,14:F1} {streamCpu / tableCpu,6:F2} {streams[0].Rows,10}"));
        return stream / table;
    }
}
