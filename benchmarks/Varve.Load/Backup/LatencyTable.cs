namespace Varve.Load.Backup;

/// <summary>Prints how long something took, a line for each set. Without state.</summary>
internal static class LatencyTable
{
    /// <summary>Prints a round, and adds it to others. Returns as the other.</summary>
    public static double Print(string what, IReadOnlyCollection<double> milliseconds, List<double> all)
    {
        all.AddRange(milliseconds);
        return Print("  " + what, milliseconds);
    }

    /// <summary>Returns the time that 99 of 100 do not exceed.</summary>
    public static double Print(string what, IReadOnlyCollection<double> milliseconds)
    {
        double[] sorted = [.. milliseconds.Order()];
        double At(double share) => sorted[Math.Min(sorted.Length - 1, (int)(share * sorted.Length))];
        Console.WriteLine(
            $"{what,-24} p50 {At(0.5),6:0.00} ms, p99 {At(0.99),6:0.00} ms, p99.9 {At(0.999),7:0.00} ms, "
            + $"longest {sorted[^1],7:0.00} ms, of {sorted.Length:N0}");
        return At(0.99);
    }
}
