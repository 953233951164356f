namespace Varve.Arrow.Builders;

/// <summary>Builds a column of bytes: binary, large_binary or binary_view. Used by one thread.</summary>
public sealed class BinaryBuilder(ArrowType type) : BytesBuilder(IsBinary(type) ? type : throw new ArgumentException($"{type.Name} is not binary"))
{
    public BinaryBuilder()
        : this(ArrowTypes.Binary)
    {
    }

    public void Append(ReadOnlySpan<byte> value) => AppendBytes(value);

    private protected override void AppendObject(object value) => AppendBytes(value is byte[] bytes ? bytes : throw Misfit(value));

    private static bool IsBinary(ArrowType type) => type.Id is ArrowTypeId.Binary or ArrowTypeId.LargeBinary or ArrowTypeId.BinaryView;
}
