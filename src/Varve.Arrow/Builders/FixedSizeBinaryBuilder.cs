namespace Varve.Arrow.Builders;

/// <summary>Builds a column of byte strings of one length. Used by one thread.</summary>
public sealed class FixedSizeBinaryBuilder(FixedSizeBinaryType type) : ArrayBuilder(type)
{
    private readonly BuilderBytes _values = new();

    /// <exception cref="ArgumentException">Another length than the type's.</exception>
    public void Append(ReadOnlySpan<byte> value)
    {
        if (value.Length != type.Width)
            throw Misfit(Convert.ToHexStringLower(value), $"{type.Width} bytes");
        _values.Append(value);
        Added();
    }

    private protected override void AppendEmpty() => _values.Extend(type.Width);

    private protected override void AppendObject(object value) => Append(value is byte[] bytes ? bytes : throw Misfit(value));

    private protected override ArrayData BuildRows(int length, ReadOnlyMemory<byte> validity, int nullCount) =>
        new(Type, length, nullCount, [validity, _values.Take()]);
}
