using System.Diagnostics;
using Varve.Storage;

namespace Varve.Benchmarks.Query;

/// <summary>
/// The telemetry rows four times over, in one directory: as a file of DuckDB's own, as Parquet, and as segments, encrypted and not. What is there
/// already is used as it is.
/// </summary>
internal sealed class SegmentScanData(string directory, long rows, NativeTable native)
{
    public const string Table = "telemetry";

    private string NativePath => Path.Combine(directory, "native.duckdb");

    private string ParquetPath => Path.Combine(directory, "rows.parquet");

    public long NativeBytes => new FileInfo(NativePath).Length;

    public long ParquetBytes => new FileInfo(ParquetPath).Length;

    /// <summary>Statements that follow read the file of DuckDB's own.</summary>
    public void UseNative() => native.Execute("USE native");

    /// <summary>Statements that follow read the Parquet file.</summary>
    public void UseParquet() => native.Execute("USE memory");

    public void Prepare()
    {
        bool isNew = !File.Exists(ParquetPath);
        native.Execute($"ATTACH '{NativePath}' AS native");
        if (isNew)
        {
            UseNative();
            Tell("the native file", () => native.Execute(BenchmarkSql.CreateTable(Table, rows) + "; CHECKPOINT native"));
            Tell("Parquet", () => native.Execute(
                $"COPY (SELECT * FROM native.{Table} ORDER BY \"offset\") TO '{ParquetPath}' "
                + "(FORMAT parquet, PARQUET_VERSION v2, COMPRESSION zstd)"));
        }

        native.Execute($"CREATE VIEW memory.{Table} AS SELECT * FROM '{ParquetPath}'");
    }

    /// <summary>Opens the engine whose stream has all rows in segments.</summary>
    public async Task<StorageEngine> OpenAsync(bool encrypt, long cacheBytes)
    {
        string path = Path.Combine(directory, encrypt ? "encrypted" : "plain");
        StorageEngine storage = await StorageEngine.OpenAsync(
            new StorageOptions { Directory = path, SegmentCacheBytes = cacheBytes, Keys = new KeyOptions { Encrypt = encrypt } })
            .ConfigureAwait(false);
        long began = Stopwatch.GetTimestamp();
        if (!storage.TryDescribe(Table, out _))
            await FillAsync(storage).ConfigureAwait(false);
        await storage.FlushAsync(Table).ConfigureAwait(false);
        await storage.CompactAsync(Table).ConfigureAwait(false);
        StreamDescription stream = storage.Describe(Table);
        Console.WriteLine(
            $"{Path.GetFileName(path)}: {stream.RowCount:N0} rows in {stream.SegmentCount} segments of {stream.SegmentBytes >> 20:N0} MiB, "
            + $"{stream.TailRowCount:N0} in the tail, after {Stopwatch.GetElapsedTime(began).TotalSeconds:F1} s");
        return storage;
    }

    private async Task FillAsync(StorageEngine storage)
    {
        UseNative();
        await native.CopyAsync(Table, storage).ConfigureAwait(false);
    }

    private static void Tell(string what, Action work)
    {
        long began = Stopwatch.GetTimestamp();
        work();
        Console.WriteLine($"made {what} in {Stopwatch.GetElapsedTime(began).TotalSeconds:F1} s");
    }
}
