using System.Buffers.Binary;
using Varve.Arrow;

namespace Varve.Query.Types;

/// <summary>Reads single texts and blobs of any layout.</summary>
internal static class ArrayBytes
{
    /// <summary>The bytes of a value that is not null; they live as long as the array.</summary>
    public static ReadOnlySpan<byte> Get(ArrayData array, int row)
    {
        int at = array.Offset + row;
        ReadOnlySpan<byte> layout = array.Buffers[1].Span;
        switch (array.Type)
        {
            case Utf8Type or BinaryType:
                int start = BinaryPrimitives.ReadInt32LittleEndian(layout[(at * 4)..]);
                return array.Buffers[2].Span[start..BinaryPrimitives.ReadInt32LittleEndian(layout[((at + 1) * 4)..])];
            case LargeUtf8Type or LargeBinaryType:
                int longStart = (int)BinaryPrimitives.ReadInt64LittleEndian(layout[(at * 8)..]);
                return array.Buffers[2].Span[longStart..(int)BinaryPrimitives.ReadInt64LittleEndian(layout[((at + 1) * 8)..])];
            case FixedSizeBinaryType type:
                return layout.Slice(at * type.Width, type.Width);
            default:
                ReadOnlySpan<byte> view = layout.Slice(at * 16, 16);
                int length = BinaryPrimitives.ReadInt32LittleEndian(view);
                if (length <= 12)
                    return view.Slice(4, length);
                ReadOnlySpan<byte> data = array.Buffers[2 + BinaryPrimitives.ReadInt32LittleEndian(view[8..])].Span;
                return data.Slice(BinaryPrimitives.ReadInt32LittleEndian(view[12..]), length);
        }
    }
}
