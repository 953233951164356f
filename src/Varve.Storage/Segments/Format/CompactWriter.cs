using Varve.Storage.Segments.Encoding;

namespace Varve.Storage.Segments.Format;

/// <summary>
/// Numbers in as few bytes as they need: seven bits a byte, the lowest first, the highest bit says that more follow (LEB128). Signed ones are folded
/// before (0, -1, 1, -2, ...). Texts and bytes have their length before them.
/// </summary>
internal static class CompactWriter
{
    public static void AppendNumber(this VectorWriter writer, long value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        writer.AppendBits((UInt128)value);
    }

    public static void AppendSigned(this VectorWriter writer, Int128 value) => writer.AppendBits((UInt128)(value << 1) ^ (UInt128)(value >> 127));

    public static void AppendByte(this VectorWriter writer, byte value) => writer.Append(1)[0] = value;

    public static void AppendCounted(this VectorWriter writer, ReadOnlySpan<byte> bytes)
    {
        writer.AppendNumber(bytes.Length);
        writer.Append(bytes);
    }

    public static void AppendText(this VectorWriter writer, string text) => writer.AppendCounted(System.Text.Encoding.UTF8.GetBytes(text));

    private static void AppendBits(this VectorWriter writer, UInt128 bits)
    {
        for (; bits >= 0x80; bits >>= 7)
            writer.AppendByte((byte)((byte)bits | 0x80));
        writer.AppendByte((byte)bits);
    }
}
