using System.Runtime.InteropServices;
using Varve.Arrow;

namespace Varve.Storage.Segments.Ordering;

/// <summary>Which value of its dictionary each row of an array has; of an array without one, the row itself. Null rows have any code.</summary>
internal readonly ref struct CodeRows
{
    private readonly ReadOnlySpan<ushort> _narrow;
    private readonly ReadOnlySpan<int> _wide;

    public CodeRows(ArrayData array)
    {
        if (array.Dictionary is null || array.Length == 0)
            return;
        ReadOnlySpan<byte> codes = array.Buffers[1].Span;
        if (array.Type.ByteWidth == sizeof(ushort))
            _narrow = MemoryMarshal.Cast<byte, ushort>(codes).Slice(array.Offset, array.Length);
        else
            _wide = MemoryMarshal.Cast<byte, int>(codes).Slice(array.Offset, array.Length);
    }

    public int this[int row] => !_narrow.IsEmpty ? _narrow[row] : !_wide.IsEmpty ? _wide[row] : row;
}
