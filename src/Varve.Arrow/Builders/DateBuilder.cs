using Varve.Arrow.Values;

namespace Varve.Arrow.Builders;

/// <summary>Builds a column of dates. Used by one thread.</summary>
public sealed class DateBuilder(DateType type) : CountBuilder(type)
{
    private static readonly int EpochDayNumber = new DateOnly(1970, 1, 1).DayNumber;

    public void Append(DateOnly value)
    {
        long days = value.DayNumber - EpochDayNumber;
        Append(type.Unit == DateUnit.Day ? days : days * TemporalUnits.MillisecondsPerDay);
    }

    private protected override string? Parse(string text, out long count) => TemporalParser.Count(Type, text, out count);

    private protected override void AppendMoment(object value) => Append(value is DateOnly date ? date : throw Misfit(value));
}
