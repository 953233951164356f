using System.Diagnostics;
using System.Globalization;
using Varve.Arrow;
using Varve.Benchmarks.Query;
using Varve.Storage;
using Varve.Storage.FileSystem;
using Varve.Storage.Keys;
using Varve.Storage.Segments;

namespace Varve.Benchmarks.Segments;

/// <summary>
/// segment-speed [rows] [repetitions]: in processor time, how fast each column of ../shared/bench's telemetry is written into a segment, and read
/// back from the page cache with encryption and without; next to copying the same bytes in memory.
/// </summary>
internal static class SegmentSpeed
{
    public const string Name = "segment-speed";

    private const int PassCount = 20;

    public static int Run(string[] args)
    {
        long rows = args.Length > 0 ? long.Parse(args[0], CultureInfo.InvariantCulture) : 1 << 20;
        int repetitions = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 7;
        string scratch = Directory.CreateTempSubdirectory("varve-segment-speed-").FullName;
        try
        {
            BlockSource source = BlockSource.Cut(Telemetry(rows), int.MaxValue).Single();
            Console.WriteLine("column        type              bit/row   write     read   without a key     copy: million rows a second");
            for (int field = 0; field < source.Schema.Fields.Count; field++)
                Measure(source.Only(field), repetitions, scratch);
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }

        return 0;
    }

    private static IEnumerable<RecordBatch> Telemetry(long rows)
    {
        using NativeTable table = new(Environment.ProcessorCount);
        table.Execute(BenchmarkSql.CreateTable("t", rows));
        foreach (RecordBatch batch in table.Read("SELECT * FROM t ORDER BY \"offset\""))
            yield return batch;
    }

    private static void Measure(BlockSource source, int repetitions, string scratch)
    {
        StreamKey key = StreamKey.Create(streamId: 1, version: 1);
        double write = double.MaxValue;
        SegmentInfo? sealedInfo = null;
        string sealedPath = "";
        for (int i = 0; i < repetitions; i++)
        {
            sealedPath = Path.Combine(scratch, $"{Guid.NewGuid():N}.seg");
            (double seconds, SegmentInfo info) = Time(() => Write(source, sealedPath, key));
            (write, sealedInfo) = (Math.Min(write, seconds), info);
        }

        string plainPath = Path.Combine(scratch, $"{Guid.NewGuid():N}.seg");
        SegmentInfo plainInfo = Write(source, plainPath, StreamKey.None);
        using SegmentMeter meter = new();
        SegmentCache cache = new(256 << 20, meter);
        double read = Read(source, sealedPath, sealedInfo!, key, cache, repetitions);
        double plain = Read(source, plainPath, plainInfo, StreamKey.None, cache, repetitions);
        double copy = Copy(source, repetitions);
        Field field = source.Schema.Fields[0];
        double rows = sealedInfo!.RowCount / 1e6;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{field.Name,-13} {field.Type.Name,-16} {8.0 * sealedInfo.FileBytes / sealedInfo.RowCount,8:F2} {rows / write,7:F1} {rows / read,8:F0} "
            + $"{rows / plain,15:F0} {rows / copy,8:F0}"));
    }

    private static SegmentInfo Write(BlockSource source, string path, StreamKey key) =>
        SegmentWriter.Write(LinuxFileSystem.Instance, path, source, new SegmentIdentity(1, 1, Guid.Empty), key);

    private static double Read(BlockSource source, string path, SegmentInfo info, StreamKey key, SegmentCache cache, int repetitions)
    {
        SegmentFile file = SegmentFile.Open(LinuxFileSystem.Instance, path, info, source.Schema, _ => key, cache);
        BlockBuffers buffers = new();
        double best = double.MaxValue;
        for (int i = 0; i < repetitions; i++)
            best = Math.Min(best, Time(() => Passes(() => ReadAll(file, buffers))).Seconds / PassCount);
        return best;
    }

    private static int ReadAll(SegmentFile file, BlockBuffers buffers)
    {
        int rows = 0;
        for (int block = 0; block < file.BlockCount; block++)
        {
            rows += file.Column(block, 0, buffers).Length;
            buffers.Reset();
        }

        return rows;
    }

    /// <summary>The arrays' values, a block at a time into the same memory.</summary>
    private static double Copy(BlockSource source, int repetitions)
    {
        byte[] target = new byte[Enumerable.Range(0, source.BlockCount).Max(b => source.Column(0, b).Buffers.Max(m => m.Length))];
        double best = double.MaxValue;
        for (int i = 0; i < repetitions; i++)
            best = Math.Min(best, Time(() => Passes(() => CopyAll(source, target))).Seconds / PassCount);
        return best;
    }

    /// <summary>Processor time is counted in steps of a few milliseconds.</summary>
    private static int Passes(Func<int> pass)
    {
        int last = 0;
        for (int i = 0; i < PassCount; i++)
            last = pass();
        return last;
    }

    private static int CopyAll(BlockSource source, byte[] target)
    {
        for (int block = 0; block < source.BlockCount; block++)
        {
            foreach (ReadOnlyMemory<byte> buffer in source.Column(0, block).Buffers)
                buffer.Span.CopyTo(target);
        }

        return target[0];
    }

    /// <summary>Processor time, so that other work on the machine does not count.</summary>
    private static (double Seconds, T Result) Time<T>(Func<T> work)
    {
        using var process = Process.GetCurrentProcess();
        TimeSpan began = process.TotalProcessorTime;
        T result = work();
        process.Refresh();
        return ((process.TotalProcessorTime - began).TotalSeconds, result);
    }
}
