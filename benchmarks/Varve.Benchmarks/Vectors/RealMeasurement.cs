using System.Diagnostics;
using System.Runtime.InteropServices;
using Varve.Storage.Segments.Encoding;

namespace Varve.Benchmarks.Vectors;

/// <summary>What doubles came to, encoded block by block.</summary>
/// <param name="BitsPerValue">Headers and all.</param>
/// <param name="EncodedPerSecond">Bytes of values.</param>
/// <param name="DecodedPerSecond">Bytes of values.</param>
/// <param name="Encodings">The most frequent ones, and of how many blocks.</param>
internal sealed record RealMeasurement(double BitsPerValue, double EncodedPerSecond, double DecodedPerSecond, string Encodings)
{
    private const int BlockRows = 65_536;

    public static RealMeasurement Of(double[] values)
    {
        using VectorWriter writer = new();
        double[] target = new double[BlockRows];
        Dictionary<string, int> encodings = [];
        TimeSpan encoding = default;
        TimeSpan decoding = default;
        long bytes = 0;
        for (int from = 0; from < values.Length; from += BlockRows)
        {
            ReadOnlySpan<double> block = values.AsSpan(from, Math.Min(BlockRows, values.Length - from));
            Span<double> decoded = target.AsSpan(0, block.Length);
            writer.Clear();
            long start = Stopwatch.GetTimestamp();
            RealVector.Encode(block, writer);
            long middle = Stopwatch.GetTimestamp();
            RealVector.Decode(writer.Written, decoded);
            decoding += Stopwatch.GetElapsedTime(middle);
            encoding += Stopwatch.GetElapsedTime(start, middle);
            if (!MemoryMarshal.AsBytes(block).SequenceEqual(MemoryMarshal.AsBytes(decoded)))
                throw new InvalidOperationException($"values did not come back from {from}");
            string text = VectorInspection.Describe(writer.Written);
            encodings[text] = encodings.GetValueOrDefault(text) + 1;
            bytes += writer.Length;
        }

        double size = (double)values.Length * sizeof(double);
        IEnumerable<string> most = encodings.OrderByDescending(pair => pair.Value).Take(2).Select(pair => $"{pair.Key} ({pair.Value})");
        return new RealMeasurement(
            bytes * 8.0 / values.Length, size / encoding.TotalSeconds, size / decoding.TotalSeconds, string.Join(", ", most));
    }
}
