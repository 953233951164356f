using System.Runtime.InteropServices;
using Varve.Arrow;

namespace Varve.Storage.Zones;

/// <summary>The bytes of each row of a text or binary array, whatever its layout. Of null rows too, whose bytes mean nothing.</summary>
internal readonly ref struct ByteRows
{
    private readonly ArrayData _array;
    private readonly ReadOnlySpan<int> _offsets;
    private readonly ReadOnlySpan<long> _largeOffsets;
    private readonly ReadOnlySpan<ByteView> _views;
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly int _width;

    public ByteRows(ArrayData array)
    {
        _array = array;
        if (array.Length == 0)
            return;
        ReadOnlySpan<byte> first = array.Buffers[1].Span;
        switch (array.Type)
        {
            case Utf8Type or BinaryType:
                _offsets = MemoryMarshal.Cast<byte, int>(first).Slice(array.Offset, array.Length + 1);
                _bytes = array.Buffers[2].Span;
                break;
            case LargeUtf8Type or LargeBinaryType:
                _largeOffsets = MemoryMarshal.Cast<byte, long>(first).Slice(array.Offset, array.Length + 1);
                _bytes = array.Buffers[2].Span;
                break;
            case Utf8ViewType or BinaryViewType:
                _views = MemoryMarshal.Cast<byte, ByteView>(first).Slice(array.Offset, array.Length);
                break;
            case FixedSizeBinaryType fixedSize:
                _width = fixedSize.Width;
                _bytes = first.Slice(array.Offset * _width, array.Length * _width);
                break;
            default:
                throw new NotSupportedException($"rows of {array.Type.Name} as bytes");
        }
    }

    public static bool AreOf(ArrowType type) => type is FixedSizeBinaryType || HasLengths(type);

    /// <summary>Text and binary types whose rows have a length each: those that a dictionary may stand for.</summary>
    public static bool HasLengths(ArrowType type) =>
        type is Utf8Type or BinaryType or LargeUtf8Type or LargeBinaryType or Utf8ViewType or BinaryViewType;

    public ReadOnlySpan<byte> this[int row]
    {
        get
        {
            if (!_offsets.IsEmpty)
                return _bytes[_offsets[row].._offsets[row + 1]];
            if (!_largeOffsets.IsEmpty)
                return _bytes[(int)_largeOffsets[row]..(int)_largeOffsets[row + 1]];
            if (_views.IsEmpty)
                return _bytes.Slice(row * _width, _width);
            ref readonly ByteView view = ref _views[row];
            return view.IsInline ? ByteView.Inline(in view) : _array.Buffers[2 + view.BufferIndex].Span.Slice(view.Offset, view.Length);
        }
    }

    /// <summary>All rows' bytes, where they lie one behind the other; else false.</summary>
    public bool TryAll(out ReadOnlySpan<byte> all)
    {
        all = default;
        if (!_offsets.IsEmpty)
            all = _bytes[_offsets[0].._offsets[^1]];
        else if (!_largeOffsets.IsEmpty)
            all = _bytes[(int)_largeOffsets[0]..(int)_largeOffsets[^1]];
        else
            return false;
        return true;
    }
}
