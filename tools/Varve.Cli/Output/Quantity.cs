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

    public static string Duration(TimeSpan value) => value switch
    {
        { TotalMilliseconds: < 1 } => value.TotalMicroseconds.ToString("0", CultureInfo.InvariantCulture) + " us",
        { TotalSeconds: < 1 } => value.TotalMilliseconds.ToString("0.0", CultureInfo.InvariantCulture) + " ms",
        { TotalMinutes: < 2 } => value.TotalSeconds.ToString("0.00", CultureInfo.InvariantCulture) + " s",
        { TotalDays: < 1 } => value.ToString(@"h\:mm\:ss", CultureInfo.InvariantCulture),
        _ => value.ToString(@"d\d\ h\:mm\:ss", CultureInfo.InvariantCulture),
    };
}
