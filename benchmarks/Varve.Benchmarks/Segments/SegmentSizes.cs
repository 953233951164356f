using System.Diagnostics;
using System.Globalization;
using Varve.Storage.FileSystem;
using Varve.Storage.Keys;
using Varve.Storage.Segments;

namespace Varve.Benchmarks.Segments;

/// <summary>
/// segment-sizes [rows] [names] [columns]: what real data takes in segment files of 1 Mi rows, encrypted, next to DuckDB's Parquet (version 2, zstd)
/// of the same rows in the same order. With "columns", also what each column takes and how it is encoded.
/// </summary>
internal static class SegmentSizes
{
    public const string Name = "segment-sizes";

    private const int SegmentBlocks = 16;

    public static int Run(string[] args)
    {
        long rows = args.Length > 0 ? long.Parse(args[0], CultureInfo.InvariantCulture) : long.MaxValue;
        HashSet<string> names = [.. args.Skip(1)];
        bool showsColumns = names.Remove("columns");
        string scratch = Directory.CreateTempSubdirectory("varve-segment-sizes-").FullName;
        try
        {
            Console.WriteLine($"{"data",-14} {"rows",10} {"segments",12} {"Parquet",12} {"ratio",6} {"MB/s",7}");
            foreach ((string name, Func<string> query) in new SizeData(scratch).All().Where(d => names.Count == 0 || names.Contains(d.Name)))
                Measure(name, $"{query()} LIMIT {rows}", scratch, showsColumns);
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }

        return 0;
    }

    private static void Measure(string name, string query, string scratch, bool showsColumns)
    {
        using SizeTable table = new(query);
        string parquet = Path.Combine(scratch, name + ".parquet");
        table.WriteParquet(parquet);
        StreamKey key = StreamKey.Create(streamId: 1, version: 1);
        List<SegmentInspection> written = [];
        TimeSpan elapsed = TimeSpan.Zero;
        foreach (BlockSource source in BlockSource.Cut(table.Read(), SegmentBlocks))
        {
            string path = Path.Combine(scratch, $"{name}-{written.Count}.seg");
            SegmentIdentity identity = new(written.Count + 1, 1, Guid.Empty);
            long began = Stopwatch.GetTimestamp();
            SegmentWriter.Write(LinuxFileSystem.Instance, path, source, identity, key);
            elapsed += Stopwatch.GetElapsedTime(began);
            written.Add(SegmentInspection.Read(LinuxFileSystem.Instance, path, (_, _) => key));
        }

        long ours = written.Sum(w => w.FileBytes);
        long theirs = new FileInfo(parquet).Length;
        double raw = written.Sum(w => w.Columns.Sum(c => c.RawBytes));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{name,-14} {written.Sum(w => w.RowCount),10} {ours,12} {theirs,12} {(double)ours / theirs,6:F3} "
            + $"{raw / elapsed.TotalSeconds / 1e6,7:F0}"));
        if (showsColumns)
            ShowColumns(written);
    }

    private static void ShowColumns(List<SegmentInspection> written)
    {
        foreach (IGrouping<string, ColumnSummary> column in written.SelectMany(w => w.Columns).GroupBy(c => c.Name))
        {
            long rows = column.Sum(c => c.RowCount);
            IEnumerable<EncodingSummary> encodings = column.SelectMany(c => c.Encodings)
                .GroupBy(e => e.Encoding)
                .Select(g => new EncodingSummary(g.Key, g.Sum(e => e.BlockCount), g.Sum(e => e.StoredBytes)))
                .OrderByDescending(e => e.StoredBytes);
            long bytes = column.Sum(c => c.StoredBytes);
            string listed = string.Join("; ", encodings.Take(6).Select(e => $"{e.BlockCount} x {e.Encoding} {e.StoredBytes}"));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"    {column.Key,-20} {column.First().TypeName,-16} {bytes,10} bytes {8.0 * bytes / rows,7:F3} bit/row  "
                + $"dictionary {column.Sum(c => c.DictionaryBytes)}, Bloom {column.Sum(c => c.BloomBytes)}: {listed}"));
        }
    }
}
