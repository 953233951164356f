namespace Varve.Arrow.Values;

/// <summary>
/// Reads ISO 8601 text of dates, times and timestamps exactly: nothing is rounded, assumed or ignored. Each method answers null when the
/// text is right, else what is wrong with it.
/// </summary>
internal ref struct TemporalParser
{
    private const int YearDigitsMax = 12;
    private const int FractionDigitsMax = 9;
    private const string DateShape = "a date such as 2024-01-31";
    private const string ZonedShape = "a timestamp with its zone, such as 2024-01-31T23:59:59Z";
    private const string LocalShape = "a timestamp without a zone, such as 2024-01-31T23:59:59";
    private const string TimeShape = "a time such as 23:59:59";

    private ReadOnlySpan<char> _rest;

    private TemporalParser(ReadOnlySpan<char> text) => _rest = text;

    /// <summary>The count that the text means in a date, time or timestamp type.</summary>
    public static string? Count(ArrowType type, ReadOnlySpan<char> text, out long count)
    {
        switch (type)
        {
            case DateType { Unit: DateUnit.Day }:
                return Date(text, out count) ?? (count is < int.MinValue or > int.MaxValue ? "a date that 32 bits of days reach" : null);
            case DateType:
                return DateMilliseconds(text, out count);
            case TimeType time:
                return Time(text, time.Unit, out count);
            case TimestampType timestamp:
                return Timestamp(text, timestamp.Unit, timestamp.TimeZone is not null, out count);
            default:
                throw new InvalidOperationException($"{type.Name} is no date or time");
        }
    }

    public static string? Date(ReadOnlySpan<char> text, out long days)
    {
        TemporalParser parser = new(text);
        return parser.ReadDate(out days) ? parser.End(DateShape) : DateShape;
    }

    /// <summary>A date, or a timestamp where the count should not have been within a day but is.</summary>
    public static string? DateMilliseconds(ReadOnlySpan<char> text, out long milliseconds) => Date(text, out long days) is null
        ? Scale(days, 0, 0, TimeUnit.Millisecond, out milliseconds)
        : Timestamp(text, TimeUnit.Millisecond, hasZone: false, out milliseconds) is null ? null : DateShape;

    public static string? Time(ReadOnlySpan<char> text, TimeUnit unit, out long count)
    {
        TemporalParser parser = new(text);
        count = 0;
        if (!parser.ReadTime(out int seconds, out int nanoseconds))
            return TimeShape;
        return parser.End(TimeShape) ?? Scale(0, seconds, nanoseconds, unit, out count);
    }

    /// <param name="text">A date, T or a space, a time, and Z or an offset if and only if the type has a zone.</param>
    /// <param name="unit">The unit of the count.</param>
    /// <param name="hasZone">True when the type has a time zone: the count is then of UTC.</param>
    /// <param name="count">The count since 1970-01-01.</param>
    public static string? Timestamp(ReadOnlySpan<char> text, TimeUnit unit, bool hasZone, out long count)
    {
        count = 0;
        string shape = hasZone ? ZonedShape : LocalShape;
        TemporalParser parser = new(text);
        if (!parser.ReadDate(out long days) || !(parser.Skip('T') || parser.Skip(' ')) || !parser.ReadTime(out int seconds, out int nanoseconds))
            return shape;
        if (hasZone)
        {
            if (!parser.ReadZone(out int zoneSeconds))
                return shape;
            seconds -= zoneSeconds;
        }

        return parser.End(shape) ?? Scale(days, seconds, nanoseconds, unit, out count);
    }

    private static string? Scale(long days, int seconds, int nanoseconds, TimeUnit unit, out long count)
    {
        count = 0;
        int nanosecondsPerUnit = (int)(TimeUnit.Nanosecond.PerSecond() / unit.PerSecond());
        if (nanoseconds % nanosecondsPerUnit != 0)
            return $"no digits finer than {unit.Symbol()}";
        Int128 total = ((((Int128)days * TemporalUnits.SecondsPerDay) + seconds) * unit.PerSecond()) + (nanoseconds / nanosecondsPerUnit);
        if (total < long.MinValue || total > long.MaxValue)
            return $"a moment that 64 bits of {unit.Symbol()} reach";
        count = (long)total;
        return null;
    }

    private bool ReadDate(out long days)
    {
        days = 0;
        bool isNegative = Skip('-');
        bool isExpanded = isNegative || Skip('+');
        int digits = DigitCount();
        if (digits < 4 || digits > (isExpanded ? YearDigitsMax : 4))
            return false;
        long year = ReadNumber(digits);
        if (!Skip('-') || !ReadTwo(out int month) || !Skip('-') || !ReadTwo(out int day))
            return false;
        year = isNegative ? -year : year;
        if (!CivilDate.IsValid(year, month, day))
            return false;
        days = CivilDate.ToDays(year, month, day);
        return true;
    }

    private bool ReadTime(out int seconds, out int nanoseconds)
    {
        seconds = nanoseconds = 0;
        if (!ReadTwo(out int hour) || !Skip(':') || !ReadTwo(out int minute) || !Skip(':') || !ReadTwo(out int second))
            return false;
        seconds = (hour * 3600) + (minute * 60) + second;
        if (hour > 23 || minute > 59 || second > 59)
            return false;
        if (!Skip('.'))
            return true;
        int digits = DigitCount();
        if (digits is 0 or > FractionDigitsMax)
            return false;
        nanoseconds = (int)ReadNumber(digits);
        for (; digits < FractionDigitsMax; digits++)
            nanoseconds *= 10;
        return true;
    }

    /// <summary>Z, +01:00, +0100 or +01.</summary>
    private bool ReadZone(out int seconds)
    {
        seconds = 0;
        if (Skip('Z') || Skip('z'))
            return true;
        bool isNegative = Skip('-');
        if (!isNegative && !Skip('+'))
            return false;
        int minutes = 0;
        if (!ReadTwo(out int hours))
            return false;
        bool hasMinutes = Skip(':') || _rest.Length > 0;
        if ((hasMinutes && !ReadTwo(out minutes)) || hours > 23 || minutes > 59)
            return false;
        seconds = ((hours * 60) + minutes) * (isNegative ? -60 : 60);
        return true;
    }

    private readonly string? End(string shape) => _rest.IsEmpty ? null : shape;

    private bool Skip(char c)
    {
        if (_rest.IsEmpty || _rest[0] != c)
            return false;
        _rest = _rest[1..];
        return true;
    }

    private readonly int DigitCount()
    {
        int count = _rest.IndexOfAnyExceptInRange('0', '9');
        return count < 0 ? _rest.Length : count;
    }

    private bool ReadTwo(out int value)
    {
        value = 0;
        if (_rest.Length < 2 || !char.IsAsciiDigit(_rest[0]) || !char.IsAsciiDigit(_rest[1]))
            return false;
        value = (int)ReadNumber(2);
        return true;
    }

    private long ReadNumber(int digits)
    {
        long value = 0;
        foreach (char c in _rest[..digits])
            value = (value * 10) + (c - '0');
        _rest = _rest[digits..];
        return value;
    }
}
