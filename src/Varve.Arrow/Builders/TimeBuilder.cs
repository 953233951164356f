using Varve.Arrow.Values;

namespace Varve.Arrow.Builders;

/// <summary>Builds a column of times of day. Used by one thread.</summary>
public sealed class TimeBuilder(TimeType type) : CountBuilder(type)
{
    /// <summary>Appends a time, rounded down to the unit.</summary>
    public void Append(TimeOnly value) => AppendTicks(value.Ticks, type.Unit);

    private protected override string? Parse(string text, out long count) => TemporalParser.Count(Type, text, out count);

    private protected override void AppendMoment(object value) => Append(value is TimeOnly time ? time : throw Misfit(value));
}
