namespace Varve.Arrow.Builders;

/// <summary>Builds a column of durations. Used by one thread.</summary>
public sealed class DurationBuilder(DurationType type) : CountBuilder(type)
{
    /// <summary>Appends a duration, rounded down to the unit.</summary>
    public void Append(TimeSpan value) => AppendTicks(value.Ticks, type.Unit);

    private protected override string? Parse(string text, out long count)
    {
        count = 0;
        return "a number or a TimeSpan";
    }

    private protected override void AppendMoment(object value) => Append(value is TimeSpan span ? span : throw Misfit(value));
}
