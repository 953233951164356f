using System.Globalization;
using System.Numerics;
using Varve.Arrow.Values;

namespace Varve.Arrow.Builders;

/// <summary>Builds a column of decimals of any width. Used by one thread.</summary>
public sealed class DecimalBuilder(DecimalType type) : ArrayBuilder(type)
{
    private readonly BuilderBytes _values = new();

    /// <summary>Appends a number exactly; .NET's decimal converts to one.</summary>
    /// <exception cref="ArgumentException">It has more digits than the type's precision or scale hold.</exception>
    public void Append(DecimalValue value)
    {
        if (!TryAppend(value))
            throw Misfit(value, $"at most {type.Precision} digits, {type.Scale} of them behind the point");
    }

    internal bool TryAppend(DecimalValue value)
    {
        if (!value.TryRescale(type.Scale, out BigInteger unscaled) || !DecimalValue.FitsPrecision(unscaled, type.Precision))
            return false;
        Span<byte> bytes = _values.Extend(type.ByteWidth);
        if (unscaled.Sign < 0)
            bytes.Fill(0xFF);
        unscaled.TryWriteBytes(bytes, out _);
        Added();
        return true;
    }

    private protected override void AppendEmpty() => _values.Extend(type.ByteWidth);

    private protected override void AppendObject(object value) => Append(value switch
    {
        DecimalValue exact => exact,
        decimal number => number,
        sbyte or byte or short or ushort or int or uint or long or ulong => Convert.ToDecimal(value, CultureInfo.InvariantCulture),
        BigInteger integer => new DecimalValue(integer, 0),
        string text when DecimalValue.TryParse(text, out DecimalValue parsed) => parsed,
        _ => throw Misfit(value),
    });

    private protected override ArrayData BuildRows(int length, ReadOnlyMemory<byte> validity, int nullCount) =>
        new(Type, length, nullCount, [validity, _values.Take()]);
}
