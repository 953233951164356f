using System.Globalization;

namespace Varve.Load;

/// <summary>
/// Prints rounds of several cases against the first, which is the limit: the median of the ratios of rounds that ran one after the other.
/// </summary>
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
        Console.WriteLine($"{"median of the rounds",-24} {"GB/s",6} {"ratio",6} {"CPU s/GB here",14} {"there",6} {"allocated MB/GB",16}");
        for (int i = 0; i < cases.Length; i++)
        {
            int at = i;
            Console.WriteLine(string.Join(' ',
                $"{cases[i],-24}",
                $"{Median(m => m[at].GigabytesPerSecond),6}",
                $"{Median(m => m[at].GigabytesPerSecond / m[0].GigabytesPerSecond),6}",
                $"{Median(m => m[at].HereSecondsPerGigabyte),14}",
                $"{Median(m => m[at].ThereSecondsPerGigabyte),6}",
                $"{Median(m => m[at].AllocatedMegabytesPerGigabyte),16}"));
        }
    }

    private static string Shown(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);

    private string Median(Func<Measurement[], double> value)
    {
        double[] sorted = [.. _rounds.Select(value).Order()];
        return Shown(sorted[sorted.Length / 2]);
    }
}
