using Varve.Arrow.Values;

namespace Varve.Arrow.Builders;

/// <summary>Builds dates, times, timestamps and durations, which are counts of a unit. Used by one thread.</summary>
public abstract class CountBuilder : ArrayBuilder
{
    private readonly BuilderBytes _values = new();

    private protected CountBuilder(ArrowType type)
        : base(type)
    {
    }

    /// <summary>Appends the count itself, in the unit of the type.</summary>
    /// <exception cref="ArgumentException">It passes 32 bits where the type has no more.</exception>
    public void Append(long count)
    {
        if (Type.ByteWidth == 8)
            _values.Append(count);
        else if (count is >= int.MinValue and <= int.MaxValue)
            _values.Append((int)count);
        else
            throw Misfit(count, "a count within 32 bits");
        Added();
    }

    /// <summary>Appends ticks of 100 ns, rounded down to the unit.</summary>
    private protected void AppendTicks(long ticks, TimeUnit unit)
    {
        long perSecond = unit.PerSecond();
        Int128 count = perSecond > TimeSpan.TicksPerSecond
            ? (Int128)ticks * (perSecond / TimeSpan.TicksPerSecond)
            : TemporalUnits.DivideDown(ticks, TimeSpan.TicksPerSecond / perSecond).Quotient;
        if (count < long.MinValue || count > long.MaxValue)
            throw Misfit(ticks, $"a value that 64 bits of {unit.Symbol()} reach");
        Append((long)count);
    }

    private protected override void AppendEmpty() => _values.Extend(Type.ByteWidth);

    private protected override void AppendObject(object value)
    {
        if (value is sbyte or byte or short or ushort or int or uint or long)
            Append(Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture));
        else if (value is string text)
            Append(Parse(text, out long count) is { } why ? throw Misfit(value, why) : count);
        else
            AppendMoment(value);
    }

    /// <summary>What is wrong with the text, or null.</summary>
    private protected abstract string? Parse(string text, out long count);

    /// <summary>Appends one of .NET's own types.</summary>
    private protected abstract void AppendMoment(object value);

    private protected override ArrayData BuildRows(int length, ReadOnlyMemory<byte> validity, int nullCount) =>
        new(Type, length, nullCount, [validity, _values.Take()]);
}
