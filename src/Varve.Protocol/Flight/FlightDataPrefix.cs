using Google.Protobuf;

namespace Varve.Protocol.Flight;

/// <summary>
/// FlightData for writing: everything up to the content of data_body, so that the body's parts can follow from where they lie
/// (fields and tags: <see cref="FlightDataLayout"/>).
/// </summary>
public static class FlightDataPrefix
{
    private const byte DescriptorTag = 0x0A;
    private const byte HeaderTag = 0x12;
    private const byte AppMetadataTag = 0x1A;

    private static ReadOnlySpan<byte> BodyTag => [0xC2, 0x3E];

    /// <param name="header">The bare IPC message; empty for a message without data.</param>
    /// <param name="bodyLengthBytes">The sum of the parts that will follow; 0: the field is left out.</param>
    /// <param name="appMetadata">Empty: the field is left out.</param>
    /// <param name="descriptor">For the first message of a DoPut.</param>
    public static byte[] Encode(
        ReadOnlySpan<byte> header, long bodyLengthBytes, ReadOnlySpan<byte> appMetadata = default, FlightDescriptor? descriptor = null)
    {
        int descriptorBytes = descriptor?.CalculateSize() ?? 0;
        int size = (descriptor is null ? 0 : FieldBytes(descriptorBytes))
            + (header.IsEmpty ? 0 : FieldBytes(header.Length))
            + (appMetadata.IsEmpty ? 0 : FieldBytes(appMetadata.Length))
            + (bodyLengthBytes == 0 ? 0 : BodyTag.Length + VarintBytes((ulong)bodyLengthBytes));
        byte[] prefix = new byte[size];
        Span<byte> rest = prefix;
        if (descriptor is not null)
        {
            rest = WriteTag(rest, DescriptorTag, descriptorBytes);
            descriptor.WriteTo(rest[..descriptorBytes]);
            rest = rest[descriptorBytes..];
        }

        if (!header.IsEmpty)
            rest = WriteField(rest, HeaderTag, header);
        if (!appMetadata.IsEmpty)
            rest = WriteField(rest, AppMetadataTag, appMetadata);
        if (bodyLengthBytes > 0)
        {
            BodyTag.CopyTo(rest);
            WriteVarint(rest[BodyTag.Length..], (ulong)bodyLengthBytes);
        }

        return prefix;
    }

    private static Span<byte> WriteField(Span<byte> target, byte tag, ReadOnlySpan<byte> value)
    {
        target = WriteTag(target, tag, value.Length);
        value.CopyTo(target);
        return target[value.Length..];
    }

    private static Span<byte> WriteTag(Span<byte> target, byte tag, int lengthBytes)
    {
        target[0] = tag;
        return target[(1 + WriteVarint(target[1..], (ulong)lengthBytes))..];
    }

    private static int WriteVarint(Span<byte> target, ulong value)
    {
        int at = 0;
        for (; value >= 0x80; value >>= 7)
            target[at++] = (byte)(value | 0x80);
        target[at++] = (byte)value;
        return at;
    }

    private static int FieldBytes(int lengthBytes) => 1 + VarintBytes((ulong)lengthBytes) + lengthBytes;

    private static int VarintBytes(ulong value)
    {
        int count = 1;
        while ((value >>= 7) > 0)
            count++;
        return count;
    }
}
