using System.Globalization;

namespace Varve.Cli.CommandLine;

/// <summary>Numbers with units as people write them behind an option.</summary>
internal static class QuantityText
{
    private static readonly (string Unit, double Value)[] AgeUnits =
        [("w", 7 * 86_400), ("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)];

    private static readonly (string Unit, double Value)[] ByteUnits =
        [("TiB", 1L << 40), ("GiB", 1L << 30), ("MiB", 1L << 20), ("KiB", 1L << 10), ("B", 1), ("", 1)];

    private static readonly (string Unit, double Value)[] RateUnits =
        [("GiB", 1L << 30), ("MiB", 1L << 20), ("KiB", 1L << 10), ("GB", 1e9), ("MB", 1e6), ("kB", 1e3), ("B", 1), ("", 1)];

    public static TimeSpan Age(string option, string text) =>
        TimeSpan.FromSeconds(Read(option, text, AgeUnits, "a number with s, m, h, d or w, such as 36h or 30d", TimeSpan.MaxValue.TotalSeconds / 2));

    public static long Bytes(string option, string text) =>
        (long)Read(option, text, ByteUnits, "a number of bytes, also with KiB, MiB, GiB or TiB, such as 10GiB", 1L << 60);

    public static long Rate(string option, string text) => (long)Read(
        option,
        text.EndsWith("/s", StringComparison.OrdinalIgnoreCase) ? text[..^2] : text,
        RateUnits,
        "a number of bytes a second, also with kB, MB, GB, KiB, MiB or GiB, such as 20MB/s",
        1L << 60);

    public static long Count(string option, string text) =>
        long.TryParse(text, NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out long value) && value > 0
            ? value
            : throw NotOne(option, text, "a number above 0");

    private static double Read(string option, string text, (string Unit, double Value)[] units, string expected, double max)
    {
        foreach ((string unit, double value) in units)
        {
            if (!text.EndsWith(unit, StringComparison.OrdinalIgnoreCase))
                continue;
            string number = text[..^unit.Length].TrimEnd();
            if (double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double count)
                && count * value >= 1 && count * value <= max)
                return count * value;
        }

        throw NotOne(option, text, expected);
    }

    private static CliException NotOne(string option, string text, string expected) =>
        new($"{option} is '{text}': expected {expected}", exitCode: 2);
}
