using System.Globalization;

namespace Varve.Crash.Tests.Faults;

/// <summary>How often the power of each file system is cut: VARVE_POWER_CUTS, else 10.</summary>
internal static class PowerCuts
{
    public static int Count { get; } =
        int.Parse(Environment.GetEnvironmentVariable("VARVE_POWER_CUTS") is { Length: > 0 } cuts ? cuts : "10", CultureInfo.InvariantCulture);
}
