using System.Globalization;

namespace Varve.Arrow.Values;

/// <summary>
/// ISO 8601 text of dates, times and timestamps: every digit of the unit, years beyond 0000 to 9999 with a sign, UTC as Z.
/// </summary>
internal static class TemporalText
{
    public static string Date(long days)
    {
        (long year, int month, int day) = CivilDate.FromDays(days);
        string sign = year < 0 ? "-" : year > 9999 ? "+" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{sign}{Math.Abs(year):D4}-{month:D2}-{day:D2}");
    }

    /// <summary>A date in milliseconds: without a time of day when it is a whole day, as it should be.</summary>
    public static string DateMilliseconds(long milliseconds) => milliseconds % TemporalUnits.MillisecondsPerDay == 0
        ? Date(milliseconds / TemporalUnits.MillisecondsPerDay)
        : Timestamp(milliseconds, TimeUnit.Millisecond, isUtc: false);

    public static string Time(long count, TimeUnit unit)
    {
        (long seconds, long fraction) = TemporalUnits.DivideDown(count, unit.PerSecond());
        string whole = string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600:D2}:{seconds / 60 % 60:D2}:{seconds % 60:D2}");
        return whole + Fraction(fraction, unit);
    }

    public static string Timestamp(long count, TimeUnit unit, bool isUtc)
    {
        (long days, long rest) = TemporalUnits.DivideDown(count, unit.PerDay());
        return $"{Date(days)}T{Time(rest, unit)}{(isUtc ? "Z" : "")}";
    }

    /// <summary>ISO 8601 in seconds, such as <c>-PT1.500S</c>.</summary>
    public static string Duration(long count, TimeUnit unit)
    {
        UInt128 magnitude = (UInt128)Int128.Abs(count);
        UInt128 perSecond = (UInt128)unit.PerSecond();
        return $"{(count < 0 ? "-" : "")}PT{magnitude / perSecond}{Fraction((long)(magnitude % perSecond), unit)}S";
    }

    private static string Fraction(long fraction, TimeUnit unit) =>
        unit == TimeUnit.Second ? "" : "." + fraction.ToString(CultureInfo.InvariantCulture).PadLeft(unit.FractionDigits(), '0');
}
