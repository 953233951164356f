using System.Globalization;

namespace Varve.Cli.Output;

/// <summary>Numbers for people.</summary>
internal static class Quantity
{
    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB"];

    public static string Count(double value) => value.ToString("N0", CultureInfo.InvariantCulture);

    public static string Bytes(double value)
    {
        int unit = 0;
        for (; value >= 1024 && unit < Units.Length - 1; unit++)
            value /= 1024;
        return value.ToString(unit == 0 ? "0" : "0.0", CultureInfo.InvariantCulture) + " " + Units[unit];
    }

    public static string Percent(double share) => (100 * share).ToString(share < 0.1 ? "0.00" : "0.0", CultureInfo.InvariantCulture) + " %";

    /// <summary>In the largest unit that says it without a fraction, as options take it: "30d".</summary>
    public static string Age(TimeSpan value) => value.TotalSeconds switch
    {
        double s when s % 86_400 == 0 => (s / 86_400).ToString(CultureInfo.InvariantCulture) + "d",
        double s when s % 3_600 == 0 => (s / 3_600).ToString(CultureInfo.InvariantCulture) + "h",
        double s when s % 60 == 0 => (s / 60).ToString(CultureInfo.InvariantCulture) + "m",
        double s => s.ToString(CultureInfo.InvariantCulture) + "s",
    };

    public static string Duration(TimeSpan value) => value switch
    {
        { TotalMilliseconds: < 1 } => value.TotalMicroseconds.ToString("0", CultureInfo.InvariantCulture) + " us",
        { TotalSeconds: < 1 } => value.TotalMilliseconds.ToString("0.0", CultureInfo.InvariantCulture) + " ms",
        { TotalMinutes: < 2 } => value.TotalSeconds.ToString("0.00", CultureInfo.InvariantCulture) + " s",
        { TotalDays: < 1 } => value.ToString(@"h\:mm\:ss", CultureInfo.InvariantCulture),
        _ => value.ToString(@"d\d\ h\:mm\:ss", CultureInfo.InvariantCulture),
    };
}
