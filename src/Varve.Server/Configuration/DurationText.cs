using System.Globalization;

namespace Varve.Server.Configuration;

/// <summary>How long something lasts, as people write it: a whole number with its unit, such as <c>500ms</c>, <c>30s</c>, <c>10m</c>, <c>6h</c>, <c>14d</c>. Without state.</summary>
public static class DurationText
{
    /// <summary>The largest first; that of milliseconds before that of seconds, whose letter it ends in.</summary>
    private static readonly (string Suffix, TimeSpan Value)[] Units =
    [
        ("d", TimeSpan.FromDays(1)), ("h", TimeSpan.FromHours(1)), ("m", TimeSpan.FromMinutes(1)),
        ("ms", TimeSpan.FromMilliseconds(1)), ("s", TimeSpan.FromSeconds(1)),
    ];

    /// <summary>False for what is none. Only 0 needs no unit.</summary>
    public static bool TryParse(string text, out TimeSpan value)
    {
        value = TimeSpan.Zero;
        foreach ((string suffix, TimeSpan unit) in Units)
        {
            if (text.EndsWith(suffix, StringComparison.Ordinal) && TryCount(text.AsSpan(0, text.Length - suffix.Length), out long count))
            {
                bool fits = count <= TimeSpan.MaxValue.Ticks / unit.Ticks;
                value = fits ? count * unit : TimeSpan.Zero;
                return fits;
            }
        }

        return text == "0";
    }

    /// <summary>In the largest unit that says it without a fraction; what is below a millisecond is left out.</summary>
    public static string Show(TimeSpan value)
    {
        foreach ((string suffix, TimeSpan unit) in Units.OrderByDescending(u => u.Value))
        {
            if (value >= unit && value.Ticks % unit.Ticks == 0)
                return (value.Ticks / unit.Ticks).ToString(CultureInfo.InvariantCulture) + suffix;
        }

        return value < TimeSpan.FromMilliseconds(1) ? "0" : ((long)value.TotalMilliseconds).ToString(CultureInfo.InvariantCulture) + "ms";
    }

    private static bool TryCount(ReadOnlySpan<char> text, out long count) =>
        long.TryParse(text.TrimEnd(), NumberStyles.None, CultureInfo.InvariantCulture, out count);
}
