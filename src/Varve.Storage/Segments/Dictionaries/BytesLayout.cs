using System.Runtime.InteropServices;
using Varve.Arrow;

namespace Varve.Storage.Segments.Dictionaries;

/// <summary>Arrays of any text or binary type over one run of bytes.</summary>
internal static class BytesLayout
{
    /// <summary>Kept readable behind the last value, so that short values can be read in whole words.</summary>
    public const int PaddingBytes = 16;

    /// <param name="type">Text or binary with a length per row.</param>
    /// <param name="ends">Where each value ends, after a first 0.</param>
    /// <param name="bytes">The values, perhaps with something behind them.</param>
    public static ArrayData Array(ArrowType type, int[] ends, ReadOnlyMemory<byte> bytes)
    {
        int count = ends.Length - 1;
        switch (type)
        {
            case Utf8ViewType or BinaryViewType:
                byte[] memory = new byte[count * ByteView.SizeBytes];
                Span<ByteView> views = MemoryMarshal.Cast<byte, ByteView>(memory.AsSpan());
                for (int i = 0; i < count; i++)
                    views[i] = ByteView.Create(bytes.Span[ends[i]..ends[i + 1]], 0, ends[i]);
                return new ArrayData(type, count, 0, [default, memory, bytes]);
            case LargeUtf8Type or LargeBinaryType:
                long[] wide = System.Array.ConvertAll(ends, e => (long)e);
                return new ArrayData(type, count, 0, [default, MemoryMarshal.AsBytes<long>(wide).ToArray(), bytes]);
            default:
                return new ArrayData(type, count, 0, [default, MemoryMarshal.AsBytes<int>(ends).ToArray(), bytes]);
        }
    }
}
