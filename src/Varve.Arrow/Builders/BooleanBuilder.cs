namespace Varve.Arrow.Builders;

/// <summary>Builds a column of booleans. Used by one thread.</summary>
public sealed class BooleanBuilder() : ArrayBuilder(ArrowTypes.Boolean)
{
    private readonly BuilderBits _values = new();

    public void Append(bool value)
    {
        _values.Append(value);
        Added();
    }

    private protected override void AppendEmpty() => _values.Append(false);

    private protected override void AppendObject(object value) => Append(value is bool boolean ? boolean : throw Misfit(value));

    private protected override ArrayData BuildRows(int length, ReadOnlyMemory<byte> validity, int nullCount) =>
        new(Type, length, nullCount, [validity, _values.Take()]);
}
