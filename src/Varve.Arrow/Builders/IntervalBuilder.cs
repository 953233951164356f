using Varve.Arrow.Values;

namespace Varve.Arrow.Builders;

/// <summary>Builds a column of intervals of any unit. Used by one thread.</summary>
public sealed class IntervalBuilder(IntervalType type) : ArrayBuilder(type)
{
    private readonly BuilderBytes _values = new();

    /// <exception cref="ArgumentException">A part that the unit does not have, such as days in year_month.</exception>
    public void Append(IntervalValue value)
    {
        switch (type.Unit)
        {
            case IntervalUnit.YearMonth when value.Days == 0 && value.Nanoseconds == 0:
                _values.Append(value.Months);
                break;
            case IntervalUnit.DayTime when value.Months == 0 && IsMilliseconds(value.Nanoseconds):
                _values.Append(value.Days);
                _values.Append((int)(value.Nanoseconds / IntervalValue.NanosecondsPerMillisecond));
                break;
            case IntervalUnit.MonthDayNano:
                _values.Append(value.Months);
                _values.Append(value.Days);
                _values.Append(value.Nanoseconds);
                break;
            default:
                throw Misfit(value);
        }

        Added();
    }

    private static bool IsMilliseconds(long nanoseconds) =>
        nanoseconds % IntervalValue.NanosecondsPerMillisecond == 0
        && nanoseconds / IntervalValue.NanosecondsPerMillisecond is >= int.MinValue and <= int.MaxValue;

    private protected override void AppendEmpty() => _values.Extend(type.ByteWidth);

    private protected override void AppendObject(object value) => Append(value is IntervalValue interval ? interval : throw Misfit(value));

    private protected override ArrayData BuildRows(int length, ReadOnlyMemory<byte> validity, int nullCount) =>
        new(Type, length, nullCount, [validity, _values.Take()]);
}
