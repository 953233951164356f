namespace Varve.Arrow.Values;

/// <summary>
/// Days since 1970-01-01 and dates of the proleptic Gregorian calendar, over the whole range that a 64-bit count of seconds reaches.
/// Counted in eras of 400 years (146,097 days) that begin on March 1, so that the leap day is the last of its year.
/// </summary>
internal static class CivilDate
{
    private const int DaysPerEra = 146_097;
    private const int YearsPerEra = 400;

    /// <summary>Days from March 1 of year 0 to 1970-01-01.</summary>
    private const int EpochDays = 719_468;

    /// <summary>The furthest year that is taken, in both directions: beyond what 64 bits of seconds reach.</summary>
    public const long YearMax = 999_999_999_999;

    public static (long Year, int Month, int Day) FromDays(long days)
    {
        days += EpochDays;
        long era = Math.DivRem(days, DaysPerEra, out long dayOfEra);
        if (dayOfEra < 0)
            (era, dayOfEra) = (era - 1, dayOfEra + DaysPerEra);
        long yearOfEra = (dayOfEra - (dayOfEra / 1460) + (dayOfEra / 36_524) - (dayOfEra / 146_096)) / 365;
        int dayOfYear = (int)(dayOfEra - ((365 * yearOfEra) + (yearOfEra / 4) - (yearOfEra / 100)));
        int marchMonth = ((5 * dayOfYear) + 2) / 153;
        int day = dayOfYear - (((153 * marchMonth) + 2) / 5) + 1;
        int month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
        return ((era * YearsPerEra) + yearOfEra + (month <= 2 ? 1 : 0), month, day);
    }

    public static long ToDays(long year, int month, int day)
    {
        if (month <= 2)
            year--;
        long era = Math.DivRem(year, YearsPerEra, out long yearOfEra);
        if (yearOfEra < 0)
            (era, yearOfEra) = (era - 1, yearOfEra + YearsPerEra);
        int marchMonth = month > 2 ? month - 3 : month + 9;
        int dayOfYear = (((153 * marchMonth) + 2) / 5) + day - 1;
        long dayOfEra = (yearOfEra * 365) + (yearOfEra / 4) - (yearOfEra / 100) + dayOfYear;
        return (era * DaysPerEra) + dayOfEra - EpochDays;
    }

    public static bool IsValid(long year, int month, int day) =>
        year is >= -YearMax and <= YearMax && month is >= 1 and <= 12 && day >= 1 && day <= DaysIn(year, month);

    private static int DaysIn(long year, int month) => month switch
    {
        2 => year % 4 == 0 && (year % 100 != 0 || year % YearsPerEra == 0) ? 29 : 28,
        4 or 6 or 9 or 11 => 30,
        _ => 31,
    };
}
