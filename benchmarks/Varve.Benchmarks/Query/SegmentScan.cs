using System.Globalization;
using Varve.Query;
using Varve.Storage;

namespace Varve.Benchmarks.Query;

/// <summary>
/// segment-scan [rows] [repetitions] [directory] [names]: the statements of ../shared/bench over a stream whose rows are sealed in encrypted
/// segments, next to DuckDB's own file and to Parquet of the same rows, in one process with two threads. Runs alternate, after one that is not
/// counted. Elapsed times are medians; of processor time the least counts, to which other work on the machine adds least. A statement's last batch
/// is included. A directory that is named is kept for the next run.
/// </summary>
internal static class SegmentScan
{
    public const string Name = "segment-scan";

    private const int ThreadCount = 2;
    private const string FullScan = "Q11";

    /// <summary>What a daemon that may use 8 GiB gives. DuckDB keeps blocks of its own file in its memory too.</summary>
    private const long CacheBytes = 512L << 20;

    /// <summary>Holds no pages to speak of.</summary>
    private const long SmallCacheBytes = 1 << 20;

    public static async Task<int> RunAsync(string[] args)
    {
        long rows = args.Length > 0 ? long.Parse(args[0], CultureInfo.InvariantCulture) : 20_000_000;
        int repetitions = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 7;
        bool isKept = args.Length > 2 && args[2].Length > 0;
        string directory = isKept ? Directory.CreateDirectory(args[2]).FullName : Directory.CreateTempSubdirectory("varve-segment-scan-").FullName;
        try
        {
            await RunAsync(directory, rows, repetitions, [.. args.Skip(3)]).ConfigureAwait(false);
        }
        finally
        {
            if (!isKept)
                Directory.Delete(directory, recursive: true);
        }

        return 0;
    }

    private static async Task RunAsync(string directory, long rows, int repetitions, HashSet<string> names)
    {
        using var native = new NativeTable(ThreadCount);
        var data = new SegmentScanData(directory, rows, native);
        data.Prepare();
        StorageEngine storage = await data.OpenAsync(encrypt: true, CacheBytes).ConfigureAwait(false);
        await using (storage.ConfigureAwait(false))
        {
            Console.WriteLine($"native file {data.NativeBytes >> 20:N0} MiB, Parquet {data.ParquetBytes >> 20:N0} MiB");
            using var engine = new QueryEngine(storage, Options);
            using (var meter = new SegmentReads())
            {
                await engine.CountRowsAsync(TimeRange(rows)).ConfigureAwait(false);
                Print($"a time range of 1 % read {100.0 * meter.Bytes / storage.Describe(SegmentScanData.Table).SegmentBytes:F2} % of the bytes");
            }

            await CompareAsync(native, data, engine, repetitions, names).ConfigureAwait(false);
            if (names.Count > 0)
                return;
            await LookUpAsync(engine, rows, repetitions).ConfigureAwait(false);
        }

        await CompareEncryptionAsync(data, repetitions).ConfigureAwait(false);
    }

    private static QueryOptions Options => new() { ThreadCount = ThreadCount, MemoryLimitBytes = 8L << 30 };

    private static string Sql(string name) => BenchmarkSql.Statements().First(s => s.Name.StartsWith(name, StringComparison.Ordinal)).Sql;

    /// <summary>The statement Q10 for a hundredth of however many rows there are, from the middle on: one every 10 ms.</summary>
    private static string TimeRange(long rows)
    {
        const long FirstMicros = 1_767_225_600_000_000;
        const long StepMicros = 10_000;
        long from = FirstMicros + (rows / 2 * StepMicros);
        return $"SELECT count(*) AS n, avg(latency_ms) AS a, sum(bytes) AS s FROM {SegmentScanData.Table} "
            + $"WHERE ts >= make_timestamp({from}) AND ts < make_timestamp({from + (rows / 100 * StepMicros)})";
    }

    private static async Task CompareAsync(NativeTable native, SegmentScanData data, QueryEngine engine, int repetitions, HashSet<string> names)
    {
        Print(
            $"{"statement",-38} {"file ms",9} {"parquet",9} {"stream",9} {"/file",6} {"/parq",6}   "
            + $"{"CPU ms",8} {"/file",6} {"/parq",6} {"rows",9}");
        List<double> toFile = [];
        List<double> toParquet = [];
        List<double> cpuToFile = [];
        List<double> cpuToParquet = [];
        foreach ((string name, string sql) in BenchmarkSql.Statements())
        {
            if (names.Count > 0 ? !names.Contains(name[..3]) : name[0] != 'Q')
                continue;
            List<QueryRun> files = [];
            List<QueryRun> parquets = [];
            List<QueryRun> streams = [];
            for (int i = 0; i <= repetitions; i++)
            {
                data.UseNative();
                files.Add(await QueryRun.MeasureAsync(() => Task.FromResult(native.Read(sql).Sum(b => (long)b.RowCount))).ConfigureAwait(false));
                data.UseParquet();
                parquets.Add(await QueryRun.MeasureAsync(() => Task.FromResult(native.Read(sql).Sum(b => (long)b.RowCount))).ConfigureAwait(false));
                streams.Add(await QueryRun.MeasureAsync(() => engine.CountRowsAsync(sql)).ConfigureAwait(false));
            }

            if (files[0].Rows != streams[0].Rows || parquets[0].Rows != streams[0].Rows)
                throw new InvalidOperationException($"{name}: {files[0].Rows} rows from the file, {streams[0].Rows} from the stream");
            (double file, double parquet, double stream) = (Wall(files), Wall(parquets), Wall(streams));
            toFile.Add(stream / file);
            toParquet.Add(stream / parquet);
            cpuToFile.Add(Cpu(streams) / Cpu(files));
            cpuToParquet.Add(Cpu(streams) / Cpu(parquets));
            Print(
                $"{name,-38} {file,9:F1} {parquet,9:F1} {stream,9:F1} {stream / file,6:F2} {stream / parquet,6:F2}   "
                + $"{Cpu(streams),8:F1} {cpuToFile[^1],6:F2} {cpuToParquet[^1],6:F2} {streams[0].Rows,9}");
        }

        Print(
            $"median ratio to the native file {QueryRun.Median(toFile):F2}, to Parquet {QueryRun.Median(toParquet):F2}; "
            + $"of processor time {QueryRun.Median(cpuToFile):F2} and {QueryRun.Median(cpuToParquet):F2}");
    }

    private static double Wall(IEnumerable<QueryRun> runs) => QueryRun.Median(runs.Skip(1).Select(r => r.WallMs));

    private static double Cpu(IEnumerable<QueryRun> runs) => runs.Skip(1).Min(r => r.CpuMs);

    private static async Task LookUpAsync(QueryEngine engine, long rows, int repetitions)
    {
        List<double> times = [];
        for (int i = 0; i < repetitions * 10; i++)
        {
            // Steps by the golden ratio: far apart, and never the same block twice in a row.
            long offset = (long)(rows * (i * 0.6180339887 % 1));
            string sql = $"SELECT * FROM {SegmentScanData.Table} WHERE _offset = {offset}";
            times.Add((await QueryRun.MeasureAsync(() => engine.CountRowsAsync(sql)).ConfigureAwait(false)).WallMs);
        }

        Print($"a row by its offset: {QueryRun.Median(times):F2} ms");
    }

    /// <summary>With every page read and opened anew.</summary>
    private static async Task CompareEncryptionAsync(SegmentScanData data, int repetitions)
    {
        StorageEngine encryptedRows = await data.OpenAsync(encrypt: true, SmallCacheBytes).ConfigureAwait(false);
        await using (encryptedRows.ConfigureAwait(false))
        {
            StorageEngine plainRows = await data.OpenAsync(encrypt: false, SmallCacheBytes).ConfigureAwait(false);
            await using var plainEnd = plainRows.ConfigureAwait(false);
            using var encrypted = new QueryEngine(encryptedRows, Options);
            using var plain = new QueryEngine(plainRows, Options);
            List<QueryRun> sealedRuns = [];
            List<QueryRun> plainRuns = [];
            for (int i = 0; i <= 2 * repetitions; i++)
            {
                sealedRuns.Add(await QueryRun.MeasureAsync(() => encrypted.CountRowsAsync(Sql(FullScan))).ConfigureAwait(false));
                plainRuns.Add(await QueryRun.MeasureAsync(() => plain.CountRowsAsync(Sql(FullScan))).ConfigureAwait(false));
            }

            Print(
                $"encryption costs {100 * ((Wall(sealedRuns) / Wall(plainRuns)) - 1):F1} % of a full scan, "
                + $"{100 * ((Cpu(sealedRuns) / Cpu(plainRuns)) - 1):F1} % of its processor time");
        }
    }

    private static void Print(string line) => Console.WriteLine(line);
}
