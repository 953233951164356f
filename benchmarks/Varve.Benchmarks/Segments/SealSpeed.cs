using System.Diagnostics;
using System.Globalization;
using Varve.Arrow;
using Varve.Benchmarks.Query;
using Varve.Storage.FileSystem;
using Varve.Storage.Keys;
using Varve.Storage.Segments;
using Varve.Storage.Segments.Sealing;
using Varve.Storage.Views;

namespace Varve.Benchmarks.Segments;

/// <summary>
/// seal-speed [rows a segment] [repetitions]: in processor time, how fast ../shared/bench's telemetry goes into segments, as it comes and ordered by
/// host, how fast four such segments are merged, and how fast ordered ones are read in the order of offsets again.
/// </summary>
internal static class SealSpeed
{
    public const string Name = "seal-speed";

    private const int SegmentCount = 4;
    private const long RowBytes = 90;

    public static int Run(string[] args)
    {
        int rows = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 1 << 20;
        int repetitions = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 3;
        string scratch = Directory.CreateTempSubdirectory("varve-seal-speed-").FullName;
        try
        {
            using NativeTable table = new(Environment.ProcessorCount);
            table.Execute(BenchmarkSql.CreateTable("t", (long)rows * SegmentCount));
            BlockSource[] sources =
                [.. BlockSource.Cut(table.Read("SELECT * FROM t ORDER BY \"offset\""), Math.Max(1, rows / BlockSource.BlockRows))];
            int[] byHost = [sources[0].Schema.IndexOf("host")];
            Console.WriteLine("                              million rows a second   bit/row");
            SegmentRows[] plain = Seal("seal as they come", sources, [], scratch, repetitions);
            SegmentRows[] ordered = Seal("seal ordered by host", sources, byHost, scratch, repetitions);
            Merge("merge as they are", plain, [], scratch, repetitions);
            Merge("merge and order by host", plain, byHost, scratch, repetitions);
            Merge("merge ordered ones", ordered, byHost, scratch, repetitions);
            ReadInOrder("read as they are", plain, repetitions);
            ReadInOrder("read ordered ones by offset", ordered, repetitions);
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }

        return 0;
    }

    private static SegmentRows[] Seal(string what, BlockSource[] sources, int[] clusterBy, string scratch, int repetitions)
    {
        SegmentRows[] written = [];
        double best = double.MaxValue;
        for (int i = 0; i < repetitions; i++)
            best = Math.Min(best, Time(() => written = [.. sources.Select(s => Write(Order(s, clusterBy), scratch))]));
        Print(what, written, best);
        return written;
    }

    private static SegmentSource Order(BlockSource source, int[] clusterBy) =>
        ClusteredRows.Of(source, clusterBy, RowBytes * Enumerable.Range(0, source.BlockCount).Sum(b => (long)source.RowCountOf(b)));

    private static void Merge(string what, SegmentRows[] segments, int[] clusterBy, string scratch, int repetitions)
    {
        SegmentRows? merged = null;
        double best = double.MaxValue;
        long rawBytes = segments.Sum(s => s.Info.RowCount) * RowBytes;
        for (int i = 0; i < repetitions; i++)
            best = Math.Min(best, Time(() => merged = Write(ClusteredRows.Of(new MergeSource(segments), clusterBy, rawBytes), scratch)));
        Print(what, [merged!], best);
    }

    private static void ReadInOrder(string what, SegmentRows[] segments, int repetitions)
    {
        double best = double.MaxValue;
        for (int i = 0; i < repetitions; i++)
        {
            best = Math.Min(best, Time(() =>
            {
                var slot = new OrderedSlot();
                foreach (SegmentRows rows in segments)
                {
                    SegmentChunks chunks = new(rows);
                    for (int chunk = 0; chunk < chunks.Count; chunk++)
                    {
                        foreach (ArrayData column in chunks.Chunk(chunk, slot).Columns)
                            GC.KeepAlive(column);
                    }
                }
            }));
        }

        Print(what, segments, best);
    }

    private static SegmentRows Write(SegmentSource source, string scratch)
    {
        string path = Path.Combine(scratch, $"{Guid.NewGuid():N}.seg");
        StreamKey key = StreamKey.Create(streamId: 1, version: 1);
        SegmentInfo info = SegmentWriter.Write(LinuxFileSystem.Instance, path, source, new SegmentIdentity(1, 1, Guid.Empty), key);
        SegmentCache cache = new(64 << 20, new SegmentMeter());
        return new SegmentRows(info, SegmentFile.Open(LinuxFileSystem.Instance, path, info, source.Schema, _ => key, cache), source.Schema);
    }

    private static void Print(string what, SegmentRows[] segments, double seconds)
    {
        long rows = segments.Sum(s => s.Info.RowCount);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{what,-30}{rows / 1e6 / seconds,20:F2} {8.0 * segments.Sum(s => s.Info.FileBytes) / rows,10:F1}"));
    }

    /// <summary>Processor time, so that other work on the machine does not count.</summary>
    private static double Time(Action work)
    {
        using var process = Process.GetCurrentProcess();
        TimeSpan began = process.TotalProcessorTime;
        work();
        process.Refresh();
        return (process.TotalProcessorTime - began).TotalSeconds;
    }
}
