namespace Varve.Arrow.Builders;

/// <summary>Builds text or bytes behind 32-bit offsets, 64-bit offsets or views, as the type says. Used by one thread.</summary>
public abstract class BytesBuilder : ArrayBuilder
{
    private readonly BuilderBytes _bytes = new();
    private readonly BuilderOffsets? _offsets;
    private readonly BuilderBytes? _views;

    private protected BytesBuilder(ArrowType type)
        : base(type)
    {
        if (type.Id is ArrowTypeId.Utf8View or ArrowTypeId.BinaryView)
            _views = new BuilderBytes();
        else
            _offsets = new BuilderOffsets(ArrayLayout.HasLargeOffsets(type));
    }

    internal void AppendBytes(ReadOnlySpan<byte> value)
    {
        if (_views is not null)
            _views.Append(ByteView.Create(value, 0, _bytes.Length));
        if (_views is null || value.Length > ByteView.InlineBytesMax)
            _bytes.Append(value);
        _offsets?.Append(_bytes.Length);
        Added();
    }

    private protected override void AppendEmpty()
    {
        _views?.Append(default(ByteView));
        _offsets?.Append(_bytes.Length);
    }

    private protected override ArrayData BuildRows(int length, ReadOnlyMemory<byte> validity, int nullCount)
    {
        ReadOnlyMemory<byte> places = _views?.Take() ?? _offsets!.Take();
        ReadOnlyMemory<byte> bytes = _bytes.Take();
        return new ArrayData(Type, length, nullCount, _views is not null && bytes.IsEmpty ? [validity, places] : [validity, places, bytes]);
    }
}
