using System.Runtime.InteropServices;

namespace Varve.Arrow;

/// <summary>One view of a utf8_view or binary_view array (Columnar Format, "Variable-size Binary View Layout").</summary>
/// <remarks>
/// <code>
/// offset  bytes  values of up to 12 bytes     longer values
/// 0       4      length                       length
/// 4       4      bytes, zero padded           first 4 bytes
/// 8       4      bytes, zero padded           data buffer index
/// 12      4      bytes, zero padded           offset in that buffer
/// </code>
/// </remarks>
[StructLayout(LayoutKind.Sequential, Size = SizeBytes)]
public readonly struct ByteView
{
    public const int SizeBytes = 16;
    public const int InlineBytesMax = 12;

    public readonly int Length;
    public readonly int Prefix;
    public readonly int BufferIndex;
    public readonly int Offset;

    private ByteView(int length, int prefix, int bufferIndex, int offset)
    {
        Length = length;
        Prefix = prefix;
        BufferIndex = bufferIndex;
        Offset = offset;
    }

    /// <summary>True for a value that lies in the view; also for a negative (invalid) length.</summary>
    public bool IsInline => Length <= InlineBytesMax;

    /// <summary>A view of the value; of a long one that stands at <paramref name="offset"/> of data buffer <paramref name="bufferIndex"/>.</summary>
    public static ByteView Create(ReadOnlySpan<byte> value, int bufferIndex, int offset)
    {
        if (value.Length > InlineBytesMax)
            return new ByteView(value.Length, MemoryMarshal.Read<int>(value), bufferIndex, offset);
        ByteView view = new(value.Length, 0, 0, 0);
        value.CopyTo(MemoryMarshal.AsBytes(new Span<ByteView>(ref view))[4..]);
        return view;
    }

    /// <summary>The bytes of an inline value, which live as long as the place that <paramref name="view"/> refers to.</summary>
    public static ReadOnlySpan<byte> Inline(ref readonly ByteView view) =>
        MemoryMarshal.AsBytes(new ReadOnlySpan<ByteView>(in view)).Slice(4, view.Length);
}
