using System.Globalization;

namespace Varve.Load;

/// <summary>Prints rounds of several cases against the first, which is the limit: the median of the ratios of rounds that ran one after the other.</summary>
internal sealed class RatioTable(params string[] cases)
{
    private readonly List<Measurement[]> _rounds = [];

    /// <param name="round">One measurement per case.</param>
    public void Add(Measurement[] round)
    {
        _rounds.Add(round);
        Console.WriteLine($"round {_rounds.Count}: {string.Join("   ", round.Select((m, i) => $"{cases[i]} {Shown(m.GigabytesPerSecond)} GB/s"))}");
    }

    public void Print()
    {
        Console.WriteLine();
        Console.WriteLine($"{"case",-34} {"GB/s",8} {"CPU s/GB",9} {"ratio",7}");
        for (int i = 0; i < cases.Length; i++)
        {
            int at = i;
            Console.WriteLine(
                $"{cases[i],-34} {Shown(Median(m => m[at].GigabytesPerSecond)),8} {Shown(Median(m => m[at].ProcessorSecondsPerGigabyte)),9} "
                + $"{Shown(Median(m => m[at].GigabytesPerSecond / m[0].GigabytesPerSecond)),7}");
        }
    }

    private static string Shown(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);

    private double Median(Func<Measurement[], double> value)
    {
        double[] sorted = [.. _rounds.Select(value).Order()];
        return sorted[sorted.Length / 2];
    }
}
