namespace Varve.Arrow.Values;

/// <summary>A value of any interval type: year_month has months only, day_time days and whole milliseconds, month_day_nano all three.</summary>
public readonly record struct IntervalValue(int Months, int Days, long Nanoseconds)
{
    internal const long NanosecondsPerMillisecond = 1_000_000;

    /// <summary>ISO 8601 text with the three parts apart, such as <c>P14M3DT0.000000005S</c>; zero is <c>PT0S</c>.</summary>
    public override string ToString()
    {
        string months = Months == 0 ? "" : $"{Months}M";
        string days = Days == 0 ? "" : $"{Days}D";
        string time = Nanoseconds == 0 && months.Length + days.Length > 0 ? "" : $"T{new DecimalValue(Nanoseconds, 9).Trimmed()}S";
        return $"P{months}{days}{time}";
    }
}
