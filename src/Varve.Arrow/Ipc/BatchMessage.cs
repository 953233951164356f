namespace Varve.Arrow.Ipc;

/// <summary>
/// One encoded message: its metadata and the parts of its body in order, padding included, over the columns' own memory where possible.
/// </summary>
/// <param name="Header">The bare Message flatbuffer, its length a multiple of 8; FlightData's data_header.</param>
/// <param name="Body">The body in parts, to be written one after the other; FlightData's data_body.</param>
/// <param name="BodyLengthBytes">The sum of the parts, a multiple of 8.</param>
public readonly record struct BatchMessage(ReadOnlyMemory<byte> Header, IReadOnlyList<ReadOnlyMemory<byte>> Body, long BodyLengthBytes)
{
    /// <summary>Bytes of the message in the frame of an IPC stream.</summary>
    public long EncapsulatedBytes => Encapsulation.PrefixBytes + Header.Length + BodyLengthBytes;

    /// <summary>The start of the message in the frame of an IPC stream: prefix and metadata. <see cref="Body"/> follows it.</summary>
    public byte[] EncapsulatedHeader()
    {
        byte[] bytes = new byte[Encapsulation.PrefixBytes + Header.Length];
        Encapsulation.WritePrefix(bytes, Header.Length);
        Header.Span.CopyTo(bytes.AsSpan(Encapsulation.PrefixBytes));
        return bytes;
    }
}
