using System.Diagnostics;
using System.Globalization;
using System.Runtime.Intrinsics;

namespace Varve.Benchmarks.Vectors;

/// <summary>
/// vector-decode [seconds] [MiB]: bytes of values decoded per second on one core, next to memcpy of as many bytes, which takes turns with it. Twice:
/// into the memory of one block, as scans do that hand over block by block; and into so much memory that no cache holds it.
/// </summary>
internal static class VectorDecode
{
    public const string Name = "vector-decode";

    private const double Goal = 0.3;
    private const int RoundsMin = 3;

    public static int Run(string[] args)
    {
        double seconds = args.Length > 0 ? double.Parse(args[0], CultureInfo.InvariantCulture) : 0.5;
        int mebibytes = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 64;
        Console.WriteLine(
            $"vectors of 512 bits {Vector512.IsHardwareAccelerated}, 256 {Vector256.IsHardwareAccelerated}, 128 {Vector128.IsHardwareAccelerated}");
        Console.WriteLine("                                                ---------- one block ---------   ------------ memory ----------");
        Console.WriteLine(
            "                                    bits/value    GB/s  memcpy  ratio  ns/value    GB/s  memcpy  ratio  ns/value   goal 0.3");
        bool isReached = true;
        foreach (DecodeCase known in DecodeCase.All())
        {
            Rates block = Measure(known, known.TargetBytes, seconds);
            Rates memory = Measure(known, mebibytes << 20, seconds);
            bool isGood = block.Ratio >= Goal && memory.Ratio >= Goal;
            isReached &= isGood || !known.HasGoal;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{known.Name,-36} {known.Vector.Length * 8.0 / DecodeCase.RowCount,9:F2} {block} {memory}   {(!known.HasGoal ? "" : isGood ? "reached" : "missed")}"));
        }

        Console.WriteLine(isReached ? "ratio: goals reached" : "ratio: goals missed");
        return 0;
    }

    private readonly record struct Rates(double Decoded, double Copied, double Nanoseconds)
    {
        public double Ratio => Decoded / Copied;

        public override string ToString() =>
            string.Create(CultureInfo.InvariantCulture, $"{Decoded / 1e9,8:F1} {Copied / 1e9,7:F1} {Ratio,6:F2} {Nanoseconds,9:F3}");
    }

    /// <summary>The best of many short rounds: what a core can do when nothing else is on it for a moment.</summary>
    private static Rates Measure(DecodeCase known, int bytes, double seconds)
    {
        int times = Math.Max(1, bytes / known.TargetBytes);
        bytes = times * known.TargetBytes;
        byte[] target = GC.AllocateUninitializedArray<byte>(bytes, pinned: true);
        byte[] source = GC.AllocateUninitializedArray<byte>(bytes, pinned: true);
        source.AsSpan().Fill(7);
        TimeSpan decoded = TimeSpan.MaxValue;
        TimeSpan copied = TimeSpan.MaxValue;
        long began = Stopwatch.GetTimestamp();
        for (int round = 0; round < RoundsMin || Stopwatch.GetElapsedTime(began).TotalSeconds < seconds; round++)
        {
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < times; i++)
                known.Decode(known.Vector, target.AsSpan(i * known.TargetBytes, known.TargetBytes));
            long middle = Stopwatch.GetTimestamp();
            source.CopyTo(target, 0);
            copied = Least(copied, Stopwatch.GetElapsedTime(middle));
            decoded = Least(decoded, Stopwatch.GetElapsedTime(start, middle));
        }

        return new Rates(bytes / decoded.TotalSeconds, bytes / copied.TotalSeconds, decoded.TotalNanoseconds / (times * DecodeCase.RowCount));
    }

    private static TimeSpan Least(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
