namespace Varve.Arrow.Builders;

/// <summary>Builds a column of nulls. Used by one thread.</summary>
public sealed class NullBuilder() : ArrayBuilder(ArrowTypes.Null)
{
    private protected override void AppendEmpty()
    {
    }

    private protected override void AppendObject(object value) => throw Misfit(value);

    private protected override ArrayData BuildRows(int length, ReadOnlyMemory<byte> validity, int nullCount) => new(Type, length, length, []);
}
