using System.Runtime.InteropServices;
using Varve.Arrow;
using Varve.Arrow.Values;

namespace Varve.Query.Scan.Filtering;

/// <summary>The values of an array of text or binary, row by row.</summary>
internal readonly ref struct ByteValues
{
    private readonly ArrayData _array;
    private readonly ReadOnlySpan<int> _offsets;
    private readonly ReadOnlySpan<byte> _bytes;

    public ByteValues(ArrayData array)
    {
        _array = array;
        if (array.Type is Utf8Type or BinaryType && array.Length > 0)
        {
            _offsets = MemoryMarshal.Cast<byte, int>(array.Buffers[1].Span).Slice(array.Offset, array.Length + 1);
            _bytes = array.Buffers[2].Span;
        }
    }

    /// <summary>For a row that is not null.</summary>
    public ReadOnlySpan<byte> this[int row] => _offsets.IsEmpty ? ArrayReader.GetBytes(_array, row) : _bytes[_offsets[row].._offsets[row + 1]];
}
