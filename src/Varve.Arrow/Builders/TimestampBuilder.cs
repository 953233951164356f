using Varve.Arrow.Values;

namespace Varve.Arrow.Builders;

/// <summary>Builds a column of timestamps. Used by one thread.</summary>
public sealed class TimestampBuilder(TimestampType type) : CountBuilder(type)
{
    /// <summary>Appends a moment to a column with a time zone, rounded down to the unit.</summary>
    public void Append(DateTimeOffset value)
    {
        if (type.TimeZone is null)
            throw Misfit(value, "a DateTime, since the type has no time zone");
        AppendTicks(value.UtcTicks - DateTimeOffset.UnixEpoch.Ticks, type.Unit);
    }

    /// <summary>Appends a local time, as it is, to a column without a zone, or a UTC time to one with a zone, rounded down to the unit.</summary>
    public void Append(DateTime value)
    {
        if (type.TimeZone is not null && value.Kind != DateTimeKind.Utc)
            throw Misfit(value, "a DateTimeOffset or a DateTime in UTC, since the type has a time zone");
        AppendTicks(value.Ticks - DateTime.UnixEpoch.Ticks, type.Unit);
    }

    private protected override string? Parse(string text, out long count) => TemporalParser.Count(Type, text, out count);

    private protected override void AppendMoment(object value)
    {
        if (value is DateTimeOffset moment)
            Append(moment);
        else
            Append(value is DateTime local ? local : throw Misfit(value));
    }
}
