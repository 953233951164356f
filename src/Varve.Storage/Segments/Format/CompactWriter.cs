using Varve.Storage.Segments.Encoding;
using Varve.Storage.Zones;

namespace Varve.Storage.Segments.Format;

/// <summary>
/// Numbers in as few bytes as they need: seven bits a byte, the lowest first, the highest bit says that more follow (LEB128). Texts have their length
/// in bytes before them.
/// </summary>
internal static class CompactWriter
{
    public static void AppendNumber(this VectorWriter writer, long value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        for (; value >= 0x80; value >>= 7)
            writer.AppendByte((byte)((byte)value | 0x80));
        writer.AppendByte((byte)value);
    }

    public static void AppendByte(this VectorWriter writer, byte value) => writer.Append(1)[0] = value;

    public static void AppendText(this VectorWriter writer, string text)
    {
        byte[] bytes = System.Text.Encoding.UTF8.GetBytes(text);
        writer.AppendNumber(bytes.Length);
        writer.Append(bytes);
    }

    public static void AppendZone(this VectorWriter writer, Zone? zone)
    {
        Span<byte> bytes = stackalloc byte[ZoneCodec.BytesMax];
        writer.Append(bytes[..ZoneCodec.Write(zone, bytes)]);
    }
}
