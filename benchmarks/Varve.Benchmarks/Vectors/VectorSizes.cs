using System.Globalization;

namespace Varve.Benchmarks.Vectors;

/// <summary>
/// vector-sizes: the doubles of ALP, encoded, decoded and compared block by block, next to the bits per value that were published of their data sets.
/// The sizes are the same in every run; it fails where one of them misses the goal.
/// </summary>
internal static class VectorSizes
{
    public const string Name = "vector-sizes";

    /// <summary>Of the published bits per value, at most.</summary>
    private const double Goal = 1.05;

    public static int Run()
    {
        Console.WriteLine("sample                              published     here   ratio   encode MB/s   decode GB/s   most frequent encodings");
        double worst = 0;
        foreach ((string name, double[] values, double? published) in AlpSamples.All())
        {
            RealMeasurement measured = RealMeasurement.Of(values);
            worst = Math.Max(worst, measured.BitsPerValue / published ?? 0);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{name,-36} {published,8:F2} {measured.BitsPerValue,8:F2} {measured.BitsPerValue / published,7:F2} "
                + $"{measured.EncodedPerSecond / 1e6,13:F0} {measured.DecodedPerSecond / 1e9,13:F2}   {measured.Encodings}"));
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"at most {worst:F3} of what was published, goal {Goal}: {(worst <= Goal ? "reached" : "missed")}"));
        return worst <= Goal ? 0 : 1;
    }
}
